import { planRecovery, type ResolvedProject } from "@sluice/core";
import { reviveDoors } from "./actions/revive-doors.ts";
import { restoreRoutes } from "./actions/traffic.ts";
import { completeRun, endUnclear, markBroken, observeServing } from "./complete.ts";
import { givenOrders } from "./control/control-state.ts";
import { createControl, takeOrders } from "./control/take-orders.ts";
import { tellCutShortJobs } from "./cut-short.ts";
import { createDeadline, settle } from "./deadline.ts";
import { doorIdsOf } from "./doors.ts";
import { type DeploymentResult, end } from "./end.ts";
import { type AttemptRecord, bundleOf, unfinishedOf } from "./journal-entries.ts";
import { Observations } from "./observations.ts";
import { lastAttempt } from "./read-attempts.ts";
import { recordedOf } from "./recorded-windows.ts";
import { report } from "./report.ts";
import { runSteps, undoSteps } from "./run-steps.ts";
import { type DeploymentScope, type EnginePorts, emit, type StackFacts } from "./scope.ts";
import { runningIn } from "./stopped-by-hand.ts";
import { loadOrNull } from "./stored-release.ts";
import { wake } from "./wake.ts";

/**
 * Finishes or undoes an attempt that died without an end, or whose way back was not complete. Which of both is decided
 * by what the doors show, unless it is chosen, or a verdict or a person had decided it before. To choose to finish it takes
 * back what had condemned it, for later runs, too. Returns `null` when there is none.
 *
 * @param actor who chose. Default: `sluice`
 * @throws SluiceError RECOVERY_REFUSED when the choice is not possible
 */
export async function recoverUnfinished(
  facts: StackFacts,
  project: ResolvedProject,
  ports: EnginePorts,
  signal: AbortSignal,
  choice?: "finish" | "undo",
  actor = "sluice",
): Promise<DeploymentResult | null> {
  const unfinished = unfinishedOf(await lastAttempt(ports.journal));
  if (!unfinished) return null;
  const observed = await ports.observer.observe(project, signal);
  const recovery = planRecovery(unfinished, observed, choice);
  const startedMs = ports.clock.monotonicMs();
  const scope = await scopeOf(unfinished.attempt, { ...facts, project, ranBefore: runningIn(observed) }, ports);
  const run = { serving: observeServing(scope, project), startedMs };
  for (const [service, id] of doorIdsOf(observed)) scope.doorIds.set(service, id);
  announce(scope, unfinished.attempt, recovery.action === "finish" ? "finished" : "undone", recovery.reason);
  if (recovery.action === "finish") {
    scope.trafficMoved = true;
    const { condemned } = unfinished;
    if (choice && condemned) await scope.control.takeBack(actor, `finished although ${condemned}`);
    await using _orders = await takeOrders(scope);
    const result = await runSteps(recovery.remaining, scope, signal);
    // What is not done is undone first: users come before what lies about.
    if (result.ok) await sweep(scope);
    return await completeRun(result, scope, run, [...unfinished.begun, ...result.begun]);
  }
  await restoreRoutes(scope, recovery.begun);
  if (unfinished.condemned && unfinished.isBroken && !scope.release?.bundle.broken)
    await markBroken(scope, unfinished.condemned);
  await tellCutShortJobs(scope);
  const failures = await undoSteps(recovery.begun, scope);
  if (scope.engine === "was-away") await wake(scope, failures.length === 0);
  await reviveDoors(scope);
  if (failures.length > 0) return endUnclear(scope, run, failures, recovery.reason);
  await sweep(scope);
  return end(scope, run, { outcome: "interrupted", reason: `undone by a later run: ${recovery.reason}` });
}

function announce(scope: DeploymentScope, { start }: AttemptRecord, verb: string, reason: string): void {
  emit(scope, {
    type: "finding",
    finding: {
      severity: "warn",
      code: "unfinished-deployment",
      message: `deployment ${start.deployment} (${start.tag}) was not ended and is ${verb}: ${reason}`,
    },
  });
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
  facts: StackFacts & Pick<DeploymentScope, "project" | "ranBefore">,
  ports: EnginePorts,
): Promise<DeploymentScope> {
  const { start } = attempt;
  const bundle = bundleOf(attempt);
  return {
    stack: facts.stack,
    homeId: facts.homeId,
    config: facts.config,
    previewSecret: facts.previewSecret,
    project: facts.project,
    ranBefore: facts.ranBefore,
    deployment: start.deployment,
    tag: start.tag,
    plan: start.plan,
    ports,
    source: null,
    release: bundle ? await loadOrNull(ports, bundle) : null,
    previousRelease: start.previousBundle ? await loadOrNull(ports, start.previousBundle) : null,
    doorIds: new Map(),
    observations: new Observations(),
    control: createControl(ports, start.deployment, givenOrders(attempt.orders)),
    recorded: recordedOf(attempt),
    trafficMoved: attempt.begun.some((step) => step.startsWith("shift-") || step.startsWith("adopt-")),
    previousFails: hasSeenPrevious(attempt, "fail"),
    previousRunsOnIt: hasSeenPrevious(attempt, "pass"),
    // The last moment of which that is sure.
    usersMovedAt: new Date(start.at),
  };
}

/** Whether the attempt's rehearsal said so of the release before. */
function hasSeenPrevious({ outcomes }: AttemptRecord, wanted: "pass" | "fail"): boolean {
  return outcomes.some(({ result, data }) => result === "done" && data?.["previous"] === wanted);
}
