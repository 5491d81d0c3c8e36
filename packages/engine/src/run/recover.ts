import {
  completionText,
  createDeadline,
  type FindingCode,
  type PlanStep,
  planRecovery,
  type Recovery,
  type RecoveryChoice,
  type ResolvedProject,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import { reviveRest } from "../actions/revive-base.ts";
import { reviveDoors } from "../actions/revive-doors.ts";
import { restoreRoutes } from "../actions/traffic.ts";
import { unreadyOf } from "../actions/unready-base.ts";
import { givenOrders } from "../control/control-state.ts";
import { takeOrders } from "../control/take-orders.ts";
import { settle } from "../deadline.ts";
import { faceAttempt } from "../prepare/faced-attempt.ts";
import { jobsDoneForNothing } from "../prepare/jobs-not-run.ts";
import { completeRun, endUnclear, markBroken, observeServing } from "../record/complete.ts";
import {
  type AttemptRecord,
  bundleOf,
  changedServicesOf,
  type UnfinishedAttempt,
  unfinishedOf,
} from "../record/journal-entries.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import { loadOrNull } from "../record/stored-release.ts";
import { lostWork } from "../record/taken-from-data.ts";
import { report } from "../report.ts";
import { type DeploymentScope, type EnginePorts, emit, type StackFacts } from "../scope.ts";
import { recordedOf } from "../watch/recorded-windows.ts";
import { createScope } from "./create-scope.ts";
import { tellCutShortJobs } from "./cut-short.ts";
import { doorIdsOf } from "./doors.ts";
import { type DeploymentResult, end } from "./end.ts";
import { keepBudgetMs } from "./keep-budget.ts";
import { keepLogs, triedContainers } from "./keep-logs.ts";
import { movesUsers, runSteps, undoSteps } from "./run-steps.ts";
import { runningIn } from "./stopped-by-hand.ts";
import { wake } from "./wake.ts";
import { wakeServed } from "./wake-served.ts";

/** What a caller wants of an attempt without an end, where it is not left to what the doors show. */
export interface RecoveryWish {
  readonly choice?: RecoveryChoice | undefined;
  /** Who chose. Default: `sluice` */
  readonly actor?: string | undefined;
  /** Why; recorded where it is undone. */
  readonly reason?: string | undefined;
  /** That the release before may not run on the data as it is now is agreed to; recorded with the reason. */
  readonly acceptIncompatible?: boolean | undefined;
  /** Id of a release that is wanted next: it stays stored, though the attempt was to prune it. */
  readonly keep?: string | undefined;
}

/** Which attempt without an end is dealt with, and how. */
export interface UnfinishedWish extends Pick<RecoveryWish, "actor"> {
  readonly choice?: Exclude<RecoveryChoice, "go-back"> | undefined;
  /** Only an attempt of this id. Default: whichever has no end */
  readonly deployment?: string | undefined;
}

export interface Recovered {
  readonly action: Recovery["action"];
  readonly result: DeploymentResult;
}

/**
 * Finishes or undoes an attempt that died without an end, or whose way back was not complete. Which of both is decided
 * by what the doors show, unless it is chosen, or a verdict or a person had decided it before. To choose to finish it takes
 * back what had condemned it, for later runs, too, and answers the pause of a verdict. Returns `null` when there is none, or
 * not the one that is meant.
 *
 * @throws SluiceError RECOVERY_REFUSED when the choice is not possible; without one, where users would be led back to a
 *   release that is known not to run on the data as it is now
 */
export async function recoverUnfinished(
  facts: StackFacts,
  project: ResolvedProject,
  ports: EnginePorts,
  signal: AbortSignal,
  { choice, actor, deployment }: UnfinishedWish = {},
): Promise<DeploymentResult | null> {
  const unfinished = unfinishedOf(await lastAttempt(ports.journal));
  if (!unfinished || (deployment !== undefined && deployment !== unfinished.deployment)) return null;
  return (await recover(unfinished, { ...facts, project }, ports, signal, { choice, actor })).result;
}

/** As `recoverUnfinished`, for an attempt that was read already. @throws SluiceError as there; DATA_INCOMPATIBLE for `go-back` */
export async function recover(
  unfinished: UnfinishedAttempt,
  facts: StackFacts & Pick<DeploymentScope, "project">,
  ports: EnginePorts,
  signal: AbortSignal,
  { choice, actor = "sluice", reason, acceptIncompatible, keep }: RecoveryWish = {},
): Promise<Recovered> {
  const { project } = facts;
  const { attempt, condemned } = unfinished;
  const observed = await ports.observer.observe(project, signal);
  const scope = await scopeOf(attempt, { ...facts, ranBefore: runningIn(observed), keep }, ports);
  const faced = await faceAttempt(unfinished, scope.previousRelease, ports.journal, acceptIncompatible);
  const { fails } = faced;
  const lost = await lostWork(unfinished, facts, ports);
  const facing = { ...faced.facing, takenFromData: lost.taken };
  const recovery = planRecovery(facing, observed, choice);
  const { action } = recovery;
  const accepted =
    fails && acceptIncompatible ? `; accepted that ${fails.previous} does not run on the migrated data` : "";
  const why = reason && action === "undo" ? `${recovery.reason} by ${actor}: ${reason}${accepted}` : recovery.reason;
  const run = { serving: observeServing(scope, project), startedMs: ports.clock.monotonicMs() };
  if (action === "finish" || action === "undo")
    scope.run.trafficMoved = recovery.begun.some((step) => movesUsers(step, scope.plan));
  for (const [service, id] of doorIdsOf(observed)) scope.doorIds.set(service, id);
  announce(scope, attempt, recovery, why);
  if (action === "leave") return { action, result: await end(scope, run, { outcome: "needs-person", reason: why }) };
  if (action === "close") return { action, result: await end(scope, run, { outcome: "interrupted", reason: why }) };
  if (action === "finish") {
    for (const finding of jobsDoneForNothing(scope, lost, recovery.remaining))
      emit(scope, { type: "finding", finding });
    scope.run.isFinishedUnasked = choice !== "finish";
    scope.run.isWayBackGone = recovery.isWayBackGone;
    if (choice === "finish" && condemned) await scope.control.takeBack(actor, `finished although ${condemned}`);
    if (choice === "finish" && scope.control.pause?.byVerdict) {
      await scope.control.receive({ kind: "resume", actor, reason: "sluice resume" });
    }
    await using _orders = await takeOrders(scope);
    const result = await runSteps(recovery.remaining, scope, signal);
    // What is not done is undone first: users come before what lies about.
    if (result.ok) await sweep(scope);
    return {
      action,
      result: await completeRun(result, scope, run, [...recovery.begun.map(({ id }) => id), ...result.begun]),
    };
  }
  await restoreRoutes(scope, recovery.begun);
  if (condemned && unfinished.isBroken && !scope.release?.bundle.broken) await markBroken(scope, condemned);
  await tellCutShortJobs(scope);
  await keepMissingLogs(scope, recovery.begun);
  const failures = await undoSteps(recovery.begun, scope);
  if (scope.run.engine === "was-away") await wake(scope, failures.length === 0);
  await reviveDoors(scope);
  if (failures.length === 0) await reviveRest(scope, recovery.begun);
  if (failures.length > 0) return { action, result: await endUnclear(scope, run, failures, why) };
  const unserved = await wakeServed(scope);
  await sweep(scope);
  if (unserved !== undefined) {
    const ending = { outcome: "needs-person", reason: `undone: ${why}; ${unserved.why}`, isUndone: true } as const;
    return { action, result: await end(scope, run, { ...ending, shut: unserved.shut }) };
  }
  const isAsked = choice !== undefined && !signal.aborted;
  const ending = { outcome: "interrupted", reason: `undone by a later run: ${why}`, isAsked } as const;
  return { action, result: await end(scope, run, ending) };
}

async function keepMissingLogs(scope: DeploymentScope, begun: readonly PlanStep[]): Promise<void> {
  using deadline = createDeadline(scope.ports.clock, keepBudgetMs(scope, begun));
  const { signal } = deadline;
  await keepLogs(scope, await triedContainers(scope, begun, signal), { signal, onlyMissing: true });
}

const announced: Readonly<Record<Recovery["action"], string>> = {
  finish: "finished",
  undo: "undone",
  leave: "left as it is",
  close: "over",
};

function announce(scope: DeploymentScope, { start }: AttemptRecord, recovery: Recovery, reason: string): void {
  const about = `deployment ${start.deployment} (${start.tag})`;
  const tell = (code: FindingCode, message: string, hint?: string) =>
    emit(scope, { type: "finding", finding: { severity: "warn", code, message, ...(hint ? { hint } : {}) } });
  const hint = recovery.action === "leave" ? recovery.hint : undefined;
  tell("unfinished-deployment", `${about} was not ended and is ${announced[recovery.action]}: ${reason}`, hint);
  if (recovery.completion)
    tell("record-completed", `the record of ${about} is not complete: ${completionText(recovery.completion)}`);
}

/** What lies beside the slots belongs to no step, and what a build or a bundle left half done to none that can undo it. */
async function sweep(scope: DeploymentScope): Promise<void> {
  const { stack, ports } = scope;
  using deadline = createDeadline(ports.clock, 60_000);
  const { signal } = deadline;
  const swept = [ports.slots.sweep(stack, { signal }), ports.images.sweep(stack, signal), ports.bundles.sweep()];
  for (const result of await Promise.allSettled(swept.map((work) => settle(ports.clock, signal, work)))) {
    if (result.status === "rejected") report(scope, result.reason);
  }
}

async function scopeOf(
  attempt: AttemptRecord,
  facts: StackFacts & Pick<DeploymentScope, "project" | "ranBefore" | "keep">,
  ports: EnginePorts,
): Promise<DeploymentScope> {
  const { start } = attempt;
  const id = bundleOf(attempt);
  const stored = id ? await loadOrNull(ports, id) : null;
  const changedServices = changedServicesOf(attempt);
  const release = stored && changedServices ? withServices(stored, changedServices) : stored;
  return createScope(facts, ports, {
    deployment: start.deployment,
    tag: start.tag,
    plan: start.plan,
    source: null,
    release,
    changedServices,
    previousRelease: start.previousBundle ? await loadOrNull(ports, start.previousBundle) : null,
    project: facts.project,
    ranBefore: facts.ranBefore,
    keep: facts.keep,
    isResumed: true,
    orders: givenOrders(attempt.orders),
    recorded: recordedOf(attempt),
    run: {
      previousFails: hasSeenPrevious(attempt, "fail"),
      previousRunsOnIt: hasSeenPrevious(attempt, "pass"),
      // The last moment of which that is sure.
      usersMovedAt: new Date(start.at),
      unready: unreadyOf(attempt),
    },
  });
}

function withServices(stored: StoredRelease, services: readonly ServiceFacts[]): StoredRelease {
  return { ...stored, bundle: { ...stored.bundle, services } };
}

/** Whether the attempt's rehearsal, the last one where a later run made it once more, said so of the release before. */
function hasSeenPrevious({ outcomes }: AttemptRecord, wanted: "pass" | "fail"): boolean {
  const seen = outcomes.findLast(({ result, data }) => result === "done" && data?.["previous"] !== undefined);
  return seen?.data?.["previous"] === wanted;
}
