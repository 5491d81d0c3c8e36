import { type Config, type Finding, formatPlan, isSluiceError, type ResolvedProject, type Serving } from "@sluice/core";
import { type DeployRequest, type PreparedDeployment, type RollbackRequest } from "@sluice/engine";
import { withBackupFindings } from "../database/backup-findings.ts";
import { withDatabaseService } from "../database/find-database.ts";
import type { DeployCall, PlanView, RollbackCall } from "../deployer.ts";
import { releaseFindings } from "../github/gate.ts";
import { homeRoomFindings, readHomeFacts } from "../home/home-room.ts";
import { unavailableFindings } from "../notify/delivery-findings.ts";
import { readProvenRelease } from "../promotion/read-proven-release.ts";
import { originOf } from "../record/origin.ts";
import type { Session } from "../session.ts";
import { windowFindings } from "../window.ts";
import { checkVariableFindings } from "./check-variables.ts";
import { projectOfWayBack } from "./known-project.ts";

/** What would refuse the deployment that is planned. */
export async function refusals(
  session: Session,
  { override, release }: DeployCall,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const [config, channels, unready, home] = await Promise.all([
    session.config(),
    session.channels(signal),
    checkVariableFindings(session),
    readHomeFacts(session),
  ]);
  const closed = override ? [] : await windowFindings(config, session.clock.now());
  const asked = await releaseFindings(session, release, signal);
  return [...unavailableFindings(channels, "error"), ...unready, ...homeRoomFindings(home), ...closed, ...asked];
}

/**
 * What the engine is to deploy, with what this stack or another one has proven of it where that is asked for.
 *
 * @throws SluiceError RELEASE_REFUSED for what is not proven, and what the project or the configuration is refused for
 */
export async function deployRequest(
  session: Session,
  call: DeployCall,
  signal: AbortSignal | undefined,
  { withChecks }: { readonly withChecks: boolean },
): Promise<DeployRequest> {
  const { release, reason, retry, replaceDoors, steps, override, promotion } = call;
  const { acceptIncompatible, acceptNotUndone, acceptDropped } = call;
  const [resolved, facts] = await Promise.all([session.project(signal), session.facts()]);
  const project = withBackupFindings(facts.config, resolved);
  const named = withDatabaseService(facts.config, project);
  const from = promotion ?? named.promotion;
  const proven = from ? await readProvenRelease(session, from, { release, withChecks }, signal) : undefined;
  const isPromoted = proven !== undefined && proven.stack !== facts.stack;
  const config = steps ? { ...named, rollout: { ...named.rollout, steps } } : named;
  return {
    ...facts,
    config,
    project,
    release,
    ...initiator(session, reason ?? `release ${release.tag}${isPromoted ? `, promoted from ${proven.stack}` : ""}`),
    proven,
    retry,
    replaceDoors,
    override,
    acceptIncompatible,
    acceptNotUndone,
    acceptDropped,
  };
}

/** What the engine is to go back to; for a checkout that cannot be resolved by what is stored. @throws SluiceError for a configuration that is refused */
export async function rollbackRequest(
  session: Session,
  { to, reason, acceptIncompatible, acceptNotUndone }: RollbackCall,
  signal: AbortSignal | undefined,
): Promise<RollbackRequest> {
  const [project, facts] = await Promise.all([projectOfWayBack(session, signal), session.facts()]);
  return {
    ...facts,
    config: withDatabaseIfKnown(facts.config, project),
    project,
    ...initiator(session, reason ?? "rollback"),
    to,
    acceptIncompatible,
    acceptNotUndone,
  };
}

/** A way back is not refused for a database that only the next deployment has to know. */
function withDatabaseIfKnown(config: Config, project: ResolvedProject): Config {
  try {
    return withDatabaseService(config, project);
  } catch (error) {
    if (isSluiceError(error) && error.code === "DATABASE_UNKNOWN") return config;
    throw error;
  }
}

function initiator({ options }: Session, reason: string) {
  return { actor: options.actor, origin: originOf(options.env), reason };
}

/**
 * What is planned, for people and programs, with all that is found of the project, of the stack, and beyond. Pure.
 *
 * @param beyond what the engine does not know. Default: nothing
 */
export function planView(
  { project }: Pick<DeployRequest | RollbackRequest, "project">,
  { plan, release, findings = [] }: Pick<PreparedDeployment, "plan" | "release" | "findings">,
  serving: Serving | null,
  tag: string,
  beyond: readonly Finding[] = [],
): PlanView {
  // Those of the project may be among those of the stack.
  const found = new Set([...project.findings, ...findings, ...beyond]);
  return {
    plan,
    text: formatPlan(plan),
    services: project.services,
    findings: [...found],
    serving,
    tag,
    release: release?.bundle.id ?? null,
  };
}
