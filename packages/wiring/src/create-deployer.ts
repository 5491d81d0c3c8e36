import { assertStackName, formatPlan } from "@sluice/core";
import {
  type DeployRequest,
  deploy,
  type PreparedDeployment,
  prepareDeploy,
  prepareRollback,
  type RollbackRequest,
  readAttempts,
  recoverUnfinished,
  rollback,
  servingOf,
} from "@sluice/engine";
import { acquireLock, exportHome, verifyAudit } from "@sluice/journal";
import type { DeployCall, Deployer, DeployerOptions, PlanView, RollbackCall } from "./deployer.ts";
import { followServiceLogs } from "./logs.ts";
import { pruneReleases } from "./prune.ts";
import { readReport } from "./report.ts";
import { createSession, type Session } from "./session.ts";
import { importState, readStateChanges, rebuildState } from "./state.ts";
import { readProcesses, readStatus, readTraffic } from "./status.ts";
import { verifyLive } from "./verify.ts";

/**
 * The composition root: constructs the adapters for one stack and hands out what can be done with it. Nothing is opened
 * or started before the first call that needs it.
 *
 * @throws SluiceError NAME_INVALID
 */
export function createDeployer(options: DeployerOptions): Deployer {
  if (options.stack !== undefined) assertStackName(options.stack);
  const session = createSession(options);
  return {
    async inspect(signal) {
      const [project, config] = await Promise.all([session.project(signal), session.config()]);
      return { stack: await session.stack(), config, services: project.services, findings: project.findings };
    },
    async plan(call, signal) {
      const request = await deployRequest(session, call, signal);
      return planView(request, await prepareDeploy(request, await session.ports(), signal), call.release.tag);
    },
    async deploy(call, signal) {
      const request = await deployRequest(session, call, signal);
      await using _lock = await lock(session, call, call.release.tag, signal);
      return await deploy(request, await session.ports(), signal);
    },
    async planRollback(call, signal) {
      const request = await rollbackRequest(session, call, signal);
      const prepared = await prepareRollback(request, await session.ports(), signal);
      return planView(request, prepared, prepared.release?.bundle.tag ?? "");
    },
    async rollback(call, signal) {
      const request = await rollbackRequest(session, call, signal);
      await using _lock = await lock(session, call, call.to ?? "the release before", signal);
      return await rollback(request, await session.ports(), signal);
    },
    resume: (signal) => recover(session, "finish", signal),
    abort: (signal) => recover(session, "undo", signal),
    status: (signal) => readStatus(session, signal),
    ps: (signal) => readProcesses(session, signal),
    logs: (services, logOptions = {}) => followServiceLogs(session, services, logOptions),
    verify: (signal) => verifyLive(session, signal),
    traffic: (signal) => readTraffic(session, signal),
    async history() {
      return readAttempts((await session.ports()).journal);
    },
    report: (deployment, signal) => readReport(session, deployment, signal),
    async releases() {
      return (await session.ports()).bundles.list();
    },
    async audit() {
      return verifyAudit(await session.home());
    },
    async exportState(destination) {
      await exportHome(await session.home(), destination);
    },
    importState: (archive, call, signal) => importState(session, archive, call, signal),
    rebuildState: (call, signal) => rebuildState(session, call, signal),
    async stateChanges() {
      return readStateChanges((await session.ports()).journal.read());
    },
    async prune(signal) {
      await using _lock = await lock(session, { reason: "prune" }, "none", signal ?? new AbortController().signal);
      return await pruneReleases(session, signal);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function deployRequest(
  session: Session,
  { release, reason, retry, replaceDoors, steps }: DeployCall,
  signal: AbortSignal | undefined,
): Promise<DeployRequest> {
  const [project, facts] = await Promise.all([session.project(signal), session.facts()]);
  const config = steps ? { ...facts.config, rollout: { ...facts.config.rollout, steps } } : facts.config;
  return {
    ...facts,
    config,
    project,
    release,
    actor: session.options.actor,
    reason: reason ?? `release ${release.tag}`,
    retry,
    replaceDoors,
  };
}

async function rollbackRequest(
  session: Session,
  { to, reason }: RollbackCall,
  signal: AbortSignal | undefined,
): Promise<RollbackRequest> {
  const [project, facts] = await Promise.all([session.project(signal), session.facts()]);
  return { ...facts, project, actor: session.options.actor, reason: reason ?? "rollback", to };
}

async function recover(session: Session, choice: "finish" | "undo", signal: AbortSignal) {
  const [project, facts] = await Promise.all([session.project(signal), session.facts()]);
  await using _lock = await lock(session, { reason: choice }, "unfinished", signal);
  const ports = await session.ports();
  await ports.base.claim(facts.stack, facts.homeId);
  return await recoverUnfinished(facts, project, ports, signal, choice);
}

async function lock(
  session: Session,
  { reason, waitMs }: { readonly reason?: string | undefined; readonly waitMs?: number | undefined },
  release: string,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const { actor } = session.options;
  return acquireLock(await session.home(), { actor, reason: reason ?? "", release, waitMs: waitMs ?? 0, signal });
}

function planView(
  request: DeployRequest | RollbackRequest,
  { plan, observed, bundles }: PreparedDeployment,
  tag: string,
): PlanView {
  const { services, findings } = request.project;
  return { plan, text: formatPlan(plan), services, findings, serving: servingOf(observed, bundles), tag };
}
