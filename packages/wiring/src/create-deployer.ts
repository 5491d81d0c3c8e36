import { assertStackName, memoryCost } from "@sluice/core";
import {
  deploy,
  foreseeRollback,
  prepareDeploy,
  readAttempts,
  recoverUnfinished,
  rollback,
  whenAsked,
} from "@sluice/engine";
import { verifyAudit } from "@sluice/journal";
import { verifyWithAlarm } from "./alarms/verify-with-alarm.ts";
import { withBackupFindings } from "./database/backup-findings.ts";
import { createDatabaseOperations } from "./database/create-database-operations.ts";
import { mendUnfinished } from "./database/mend-unfinished.ts";
import type { AbortCall, Deployer, DeployerOptions } from "./deployer.ts";
import { readAnchoredAudit } from "./github/anchors.ts";
import { readApprovalRecords } from "./github/approvals.ts";
import { assertReleaseAllowed } from "./github/gate.ts";
import { assertHomeRoom, readHomeFacts } from "./home/home-room.ts";
import { lockStack } from "./home/lock.ts";
import { exportState, importState, readStateChanges, rebuildState } from "./home/state.ts";
import { followServiceLogs } from "./logs.ts";
import { announcePlan, readPlanRecords } from "./notify/announce.ts";
import { assertTellable, dropChannel, flushOutbox, partsOf, readOutbox, tellingHowItEnds } from "./notify/tell.ts";
import { deploymentNews, giveOrder } from "./orders.ts";
import { assertChecksReady } from "./project/check-variables.ts";
import { deployRequest, planView, refusals, rollbackRequest } from "./project/deployment-requests.ts";
import { projectOfWayBack } from "./project/known-project.ts";
import { configFileOf } from "./project/locations.ts";
import { pruneReleases } from "./prune.ts";
import { readDeploymentLogs, readKeptLogs } from "./record/kept-logs.ts";
import { withMaskedErrors } from "./record/masked-errors.ts";
import { withMaskedResults } from "./record/masked-results.ts";
import { originOf } from "./record/origin.ts";
import { recordingInSentry } from "./record/record-sentry.ts";
import { readUpkeep } from "./record/upkeep.ts";
import { createSession, type Session } from "./session.ts";
import { servingNow } from "./status/find-serving.ts";
import { readProcesses, readStatus, readTraffic } from "./status/status.ts";
import { readMemory } from "./watch/live-memory.ts";
import { suggestedWindows, windowView } from "./window.ts";

/**
 * The composition root: constructs the adapters for one stack and hands out what can be done with it. Nothing is opened
 * or started before the first call that needs it.
 *
 * @throws SluiceError NAME_INVALID
 */
export function createDeployer(options: DeployerOptions): Deployer {
  if (options.stack !== undefined) assertStackName(options.stack);
  const session = createSession(options);
  const { redact } = session;
  return withMaskedErrors(withMaskedResults(deployerOf(session), redact, asTheyAre), redact);
}

/** Files that are to be written, and the record, which was masked before it was. */
const asTheyAre: readonly (keyof Deployer)[] = [
  "workflows",
  "records",
  "history",
  "stateChanges",
  "approvals",
  "announcements",
  "upkeep",
];

function deployerOf(session: Session): Deployer {
  return {
    async inspect(signal) {
      const [project, config, { path: configFile }] = await Promise.all([
        session.project(signal),
        session.config(),
        configFileOf(session.options),
      ]);
      const { services, findings } = withBackupFindings(config, project);
      return { stack: await session.stack(), configFile, config, services, findings };
    },
    workflows: async () => (await import("./workflows.ts")).readProjectWorkflows(session),
    async plan(call, signal) {
      const request = await deployRequest(session, call, signal, { withChecks: false });
      const prepared = await prepareDeploy(request, await session.ports(), signal);
      const serving = await servingNow(session, prepared, signal);
      const { stats, observer } = session.runtime();
      const memory = await readMemory(prepared.observed, { clock: session.clock, stats, observer }, signal);
      const beyond = [
        ...memoryCost(prepared.plan, prepared.observed, memory),
        ...(await refusals(session, call, signal)),
      ];
      return planView(request, prepared, serving, call.release.tag, beyond);
    },
    async deploy(call, signal) {
      await assertTellable(session, signal);
      await assertChecksReady(session);
      // What is refused now does not wait for its turn. What GitHub and staging say when it has come decides.
      if (call.waitMs) await assertReleaseAllowed(session, call.release, signal);
      await Promise.all([session.project(signal), session.facts()]);
      assertHomeRoom(await readHomeFacts(session));
      await using _lock = await lockStack(session, call, call.release.tag, signal);
      await assertReleaseAllowed(session, call.release, signal);
      const request = await deployRequest(session, call, signal, { withChecks: true });
      await mendUnfinished(session, request.config.database?.service, signal);
      const { tag: release, commit } = call.release;
      const ports = await session.ports();
      return await tellingHowItEnds(session, { release, commit, reason: request.reason }, signal, () =>
        recordingInSentry(session, () => deploy(request, ports, signal), signal),
      );
    },
    async planRollback(call, signal) {
      const request = await rollbackRequest(session, call, signal);
      const ports = await session.ports();
      const prepared = await foreseeRollback(request, ports, signal);
      const serving = await servingNow(session, prepared, signal);
      return planView(request, prepared, serving, prepared.release?.bundle.tag ?? "");
    },
    async rollback(call, signal) {
      const request = await rollbackRequest(session, call, signal);
      const ports = await session.ports();
      const stored = (await ports.bundles.list()).find(({ id }) => id === call.to);
      const release = stored?.tag ?? call.to ?? "the release before";
      const asked = await whenAsked(ports.journal);
      await using _lock = await lockStack(session, call, release, signal);
      await mendUnfinished(session, request.config.database?.service, signal);
      return await tellingHowItEnds(session, { release, reason: request.reason }, signal, () =>
        recordingInSentry(session, () => rollback({ ...request, ...asked }, ports, signal), signal),
      );
    },
    resume: (signal, { waitMs } = {}) => recover(session, { choice: "finish", waitMs }, signal),
    abort: (signal, { orFinish = false, ...call } = {}) =>
      recover(session, { ...call, choice: orFinish ? "undo-or-finish" : "undo" }, signal),
    status: (signal) => readStatus(session, signal),
    standIn: async (signal) => (await session.known(signal)).standIn,
    ps: (signal) => readProcesses(session, signal),
    logs: (services, { deployment, ...logOptions } = {}) =>
      deployment === undefined
        ? followServiceLogs(session, services, logOptions)
        : readDeploymentLogs(session, deployment, services, logOptions),
    keptLogs: () => readKeptLogs(session),
    verify: (signal, call = {}) => verifyWithAlarm(session, call, signal),
    traffic: (signal) => readTraffic(session, signal),
    order: (kind, call = {}, signal) => giveOrder(session, kind, call, signal),
    news: (signal) => deploymentNews(session, signal),
    doctor: async (signal, area) => (await import("./doctor/run-doctor.ts")).runDoctor(session, signal, area),
    async window() {
      return windowView(await session.stack(), await session.config(), session.clock.now());
    },
    async suggestWindows(hours) {
      const [config, { counts }] = await Promise.all([session.config(), session.ports()]);
      return suggestedWindows(config, await counts.recent(), hours);
    },
    outbox: () => readOutbox(session),
    async flushOutbox({ withUncertain = false, waitMs } = {}, signal) {
      await using _lock = await lockStack(session, { reason: "outbox flush", waitMs }, "none", signal ?? never());
      return await flushOutbox(session, withUncertain, signal);
    },
    async dropUntold(channel, { waitMs } = {}, signal) {
      await using _lock = await lockStack(session, { reason: "outbox drop", waitMs }, "none", signal ?? never());
      return await dropChannel(session, channel);
    },
    async history(newest) {
      return readAttempts((await session.ports()).journal, newest);
    },
    report: async (deployment, signal) => (await import("./report.ts")).readReport(session, deployment, signal),
    async releases() {
      return (await session.ports()).bundles.list();
    },
    async audit() {
      return verifyAudit(await session.home());
    },
    anchors: (signal) => readAnchoredAudit(session, signal),
    async *records() {
      yield* (await session.ports()).journal.read();
    },
    exportState: (destination, call = {}) => exportState(session, destination, call),
    importState: (archive, call, signal) => importState(session, archive, call, signal),
    rebuildState: (call, signal) => rebuildState(session, call, signal),
    async stateChanges() {
      return readStateChanges((await session.ports()).journal);
    },
    async approvals() {
      return readApprovalRecords((await session.ports()).journal);
    },
    async announce(call, signal) {
      const { actor, env } = session.options;
      await using _lock = await lockStack(session, { ...call, reason: `announce ${call.release}` }, "none", signal);
      return await announcePlan(await partsOf(session), { actor, origin: originOf(env) }, call, signal);
    },
    async announcements() {
      return readPlanRecords((await session.ports()).journal);
    },
    async upkeep() {
      return readUpkeep((await session.ports()).journal);
    },
    async prune(signal, { waitMs } = {}) {
      await using _lock = await lockStack(session, { reason: "prune", waitMs }, "none", signal ?? never());
      return await pruneReleases(session, signal);
    },
    database: createDatabaseOperations(session),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

const never = () => new AbortController().signal;

interface RecoverCall extends Omit<AbortCall, "orFinish"> {
  readonly choice: "finish" | "undo" | "undo-or-finish";
}

async function recover(session: Session, { choice, deployment, waitMs }: RecoverCall, signal: AbortSignal) {
  const resolving = choice === "finish" ? session.project(signal) : projectOfWayBack(session, signal);
  const [project, facts] = await Promise.all([resolving, session.facts()]);
  await using _lock = await lockStack(session, { reason: choice, waitMs }, "unfinished", signal);
  const ports = await session.ports();
  await ports.base.claim(facts.stack, facts.homeId);
  // Who goes back whatever is on the data does not wait for it.
  if (choice !== "undo") await mendUnfinished(session, facts.config.database?.service, signal);
  const wish = { choice, deployment, actor: session.options.actor };
  return await tellingHowItEnds(session, { release: "", reason: choice }, signal, () =>
    recoverUnfinished(facts, project, ports, signal, wish),
  );
}
