import {
  createDeadline,
  type Outcome,
  type PlanStep,
  type ResolvedProject,
  type SluiceError,
  shutDoors,
  slotServices,
} from "@sluice/core";
import { reviveRest } from "../actions/revive-base.ts";
import { reviveDoors } from "../actions/revive-doors.ts";
import { restoreRoutes } from "../actions/traffic.ts";
import { settle } from "../deadline.ts";
import { servingOf } from "../prepare/serving.ts";
import { tellChangedBase, tellDownBase } from "../prepare/tell-changed-base.ts";
import { describe, report } from "../report.ts";
import { tellCutShortJobs } from "../run/cut-short.ts";
import { type DeploymentResult, end, leave, type RunContext } from "../run/end.ts";
import { untilEngineAnswers } from "../run/engine-away.ts";
import { keepBudgetMs } from "../run/keep-budget.ts";
import { keepLogs, triedContainers } from "../run/keep-logs.ts";
import { mendLinks } from "../run/mend-links.ts";
import { type RunResult, type UndoFailure, undoSteps } from "../run/run-steps.ts";
import { showLogs } from "../run/show-logs.ts";
import { stayLive } from "../run/stay-live.ts";
import { anothersNow, isAnothers } from "../run/still-own.ts";
import { wake } from "../run/wake.ts";
import { whyAlone } from "../run/why-alone.ts";
import { type DeploymentScope, emit } from "../scope.ts";
import { verdictCodes } from "./condemned.ts";

/**
 * How the engine sees the stack now, for the last word of a deployment; links that are missing are mended as long as it is this home's.
 * A state home that is gone meanwhile, or cannot be read, changes nothing of what serves, nor its name.
 */
export function observeServing(scope: DeploymentScope, project: ResolvedProject): RunContext["serving"] {
  const { ports } = scope;
  return async (signal, outcome) => {
    const isGood = outcome ? outcome === "live" || outcome === "nothing-to-do" : scope.run.isPromoting === true;
    const likely = isGood ? scope.release : scope.previousRelease;
    // What is in base is shown for the services that are asked for, and those of the checkout may have other names.
    const isInBase = likely !== null && slotServices(likely.bundle.services).length === 0;
    const asked = isInBase ? { ...project, model: likely.model, services: likely.bundle.services } : project;
    const observed = await ports.observer.observe(asked, signal);
    if (!scope.run.isAnothers) await mendLinks(scope, observed, signal);
    const known = [scope.release, scope.previousRelease].flatMap((stored) => (stored ? [stored.bundle] : []));
    const stored = await ports.bundles.list().catch(() => []);
    const ids = [scope.previousRelease?.bundle.id, scope.release?.bundle.id];
    const bundles = [...stored, ...known];
    const serving = servingOf(observed, bundles, isGood ? ids.toReversed() : ids);
    const bundle = bundles.find(({ id }) => id === serving?.release);
    // A release that is gone back to is looked at by itself.
    if (bundle && !(isGood && scope.plan.kind === "rollback")) tellDownBase(scope, observed, bundle);
    return { serving, shut: shutDoors(observed, bundle?.services ?? []) };
  };
}

/**
 * Ends a run: done, or undone. What failed before the candidate was promoted is undone, unless the previous is not there any more.
 * An interruption after cutover, or since the promotion began, leaves the rest to the next run. What became another state home's
 * meanwhile is left as it is, without an end that would close it: only whoever has the stack may lead its users.
 *
 * @param begun ids of the steps that began in this run or before it
 */
export async function completeRun(
  result: RunResult,
  scope: DeploymentScope,
  run: RunContext,
  begun: readonly string[] = result.begun,
): Promise<DeploymentResult> {
  if (result.ok) return endLive(scope, run);
  const { error, step, interrupted } = result;
  const { code, message } = describe(error);
  if (interrupted && isAfterCutover(scope, step.id)) {
    const isFinished = !scope.control.aborted.aborted;
    const what = isFinished ? "finishes" : "undoes";
    return leave(scope, run, {
      reason: `interrupted at ${step.kind} ${step.target}, after cutover: the next run ${what} it`,
      next: isFinished ? "sluice resume" : "sluice abort",
    });
  }
  if (code === "DECISION_MISSING") return endUndecided(scope, run, error, message);
  scope.control.close("it is being undone");
  const steps = scope.plan.steps.filter(({ id }) => begun.includes(id));
  // Once that is said it holds: what is promoted is not undone because the engine does not say it a second time.
  const [alone, foreign] = await Promise.all([whyAlone(scope, steps), isAnothers(error) ? error : anothersNow(scope)]);
  if (foreign) return endAnothers(scope, run, foreign, error);
  // Users first: nothing else, not even saying why, comes before they are back.
  if (alone === undefined) await giveBack(scope, steps);
  if (!interrupted) {
    report(scope, error);
    using deadline = createDeadline(scope.ports.clock, keepBudgetMs(scope, steps));
    const { signal } = deadline;
    const tried = await triedContainers(scope, steps, signal);
    // What is in base, its checks have shown, and its start has said.
    await showLogs(
      scope,
      tried.filter(({ place }) => place !== "base"),
      signal,
    );
    if (verdictCodes.has(code)) await markBroken(scope, message);
    await keepLogs(scope, tried, { signal });
  }
  if (alone !== undefined) return end(scope, run, { outcome: "needs-person", error, reason: `${message}; ${alone}` });
  if (step.kind === "job") await tellCutShortJobs(scope);
  const failures = await undoSteps(steps, scope);
  // The engine may have been away and back before anybody asked it.
  await wake(scope, failures.length === 0);
  await reviveDoors(scope);
  if (failures.length === 0) await reviveRest(scope, steps);
  if (failures.length > 0) return endUnclear(scope, run, failures, message);
  const outcome: Outcome = interrupted ? "interrupted" : scope.run.trafficMoved ? "rolled-back" : "failed";
  return end(scope, run, { outcome, error, reason: interrupted ? interruptedText(step) : message });
}

async function giveBack(scope: DeploymentScope, begun: readonly PlanStep[]): Promise<void> {
  await restoreRoutes(scope, begun);
  if (!(await untilEngineAnswers(scope))) return;
  await wake(scope, !begun.some(({ kind }) => kind === "workers"));
  await restoreRoutes(scope, begun);
}

function interruptedText({ kind, target }: PlanStep): string {
  return `interrupted at ${kind} ${target}; what had begun was undone`;
}

/** There is no way back any more: what is promoted and does not run is for a person to know. */
async function endLive(scope: DeploymentScope, run: RunContext): Promise<DeploymentResult> {
  await keepChangedServices(scope);
  try {
    await stayLive(scope);
    await clearBroken(scope);
    if (scope.plan.kind === "rollback" && scope.release) await tellChangedBase(scope, scope.release);
    return await end(scope, run, { outcome: "live", afterRestart: () => stayLive(scope) });
  } catch (error) {
    report(scope, error);
    const reason = `every step was done, and the release does not run: ${describe(error).message}`;
    return end(scope, run, { outcome: "needs-person", error, reason });
  }
}

/** Nothing is undone, nor done: users stay where they are until a person says what becomes of them. */
async function endUndecided(
  scope: DeploymentScope,
  run: RunContext,
  error: unknown,
  reason: string,
): Promise<DeploymentResult> {
  report(scope, error);
  return end(scope, run, { outcome: "needs-person", error, reason });
}

/** Its record stays open: who brings this home back finds what it left. */
function endAnothers(
  scope: DeploymentScope,
  run: RunContext,
  foreign: SluiceError,
  error: unknown,
): Promise<DeploymentResult> {
  scope.run.isAnothers = true;
  const { code, message } = describe(error);
  const isCause = code === foreign.code;
  if (!isCause) report(scope, error);
  const reason = `${isCause ? "" : `${message}; `}${foreign.message}; all is left as it is`;
  return endUndecided(scope, run, foreign, reason);
}

/** Ends a run whose way back is not complete. The next run tries it again, unless no verdict began it and users are all there. */
export async function endUnclear(
  scope: DeploymentScope,
  run: RunContext,
  failures: readonly UndoFailure[],
  reason: string,
): Promise<DeploymentResult> {
  for (const { error } of failures) report(scope, error);
  const names = failures.map(({ step }) => `${step.kind} ${step.target}`).join(", ");
  if (scope.isResumed) tellNotUndone(scope, names);
  const error = failures[0]?.error;
  const shut = await edgesDown(scope, failures);
  const ways = shut.length > 0 ? `; ${shut.join(" and ")} does not run, and users come through it` : "";
  const why = `${reason}; could not be undone: ${names}${ways}`;
  return { ...(await end(scope, run, { outcome: "needs-person", error, reason: why, shut })), notUndone: true };
}

/** There is always a way on from here: it is tried again, or a person goes on from what runs now. */
function tellNotUndone(scope: DeploymentScope, names: string): void {
  emit(scope, {
    type: "finding",
    finding: {
      severity: "error",
      code: "not-undone",
      message: `deployment ${scope.deployment} (${scope.tag}) could not be undone: ${names}`,
      hint: "sluice abort tries it again; sluice deploy --accept-not-undone, or rollback, goes on from what runs now",
    },
  });
}

/** Who serves is known by the doors, and users may come to these through a proxy of the project that is down. */
async function edgesDown(scope: DeploymentScope, failures: readonly UndoFailure[]): Promise<readonly string[]> {
  const { ports, project, previousRelease } = scope;
  const edges = (previousRelease?.bundle.services ?? []).filter(({ active, role }) => active && role === "edge");
  const failed = edges.filter(({ name }) => failures.some(({ step }) => "service" in step && step.service === name));
  if (failed.length === 0) return [];
  using deadline = createDeadline(ports.clock, 10_000);
  const seen = ports.observer.observe(project, deadline.signal);
  const { base } = await settle(ports.clock, deadline.signal, seen).catch(() => ({ base: null }));
  const runs = (name: string) => base?.[name]?.containers.some(({ state }) => state === "running");
  return base ? failed.flatMap(({ name }) => (runs(name) ? [] : [name])) : [];
}

/** A release that serves, or that served before, is proven: what fails then is not what was released. */
export async function markBroken(scope: DeploymentScope, reason: string): Promise<void> {
  const { ports, release, plan } = scope;
  if (!release || plan.kind === "rollback" || !plan.steps.some(({ kind }) => kind === "promote")) return;
  try {
    await ports.bundles.update(release.bundle.id, { broken: { at: ports.clock.now().toISOString(), reason } });
  } catch (error) {
    report(scope, error);
  }
}

/** What was made of the stored ones is no way back any more. */
async function keepChangedServices(scope: DeploymentScope): Promise<void> {
  const { ports, release, changedServices: services } = scope;
  if (!release || !services) return;
  try {
    await ports.bundles.update(release.bundle.id, { services });
  } catch (error) {
    report(scope, error);
  }
}

/** What failed before and is live now may be deployed, and gone back to, as any other. */
async function clearBroken(scope: DeploymentScope): Promise<void> {
  const { ports, release } = scope;
  if (!release?.bundle.broken) return;
  try {
    await ports.bundles.update(release.bundle.id, { broken: undefined });
  } catch (error) {
    report(scope, error);
  }
}

/** Where no share is shifted the promotion is what there is no way back from. */
function isAfterCutover(scope: DeploymentScope, stepId: string): boolean {
  const { steps } = scope.plan;
  if (scope.run.isPromoting) return true;
  const lastShift = steps.findLastIndex(({ kind }) => kind === "shift");
  return lastShift >= 0 && steps.findIndex(({ id }) => id === stepId) > lastShift;
}
