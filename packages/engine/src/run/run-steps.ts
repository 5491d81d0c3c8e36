import {
  createDeadline,
  type DeploymentPlan,
  isSluiceError,
  type PlanStep,
  SluiceError,
  type StepKind,
} from "@sluice/core";
import { createCall, type StepData } from "../action.ts";
import { actionOf } from "../actions.ts";
import { closeAsPromoted, leavesToPerson, passGate, pauseByVerdict } from "../control/wait-for-person.ts";
import { settle } from "../deadline.ts";
import { record, recordAtGate, recordIfPossible } from "../record/record-step.ts";
import { report } from "../report.ts";
import { type DeploymentScope, emit, releaseIn } from "../scope.ts";
import { untilEngineAnswers } from "./engine-away.ts";
import { stepBudgetMs } from "./step-budget.ts";
import { anothersLately, anothersNow, isAnothers } from "./still-own.ts";
import { undoBudgetMs } from "./undo-budget.ts";

export type RunResult = { /** Steps with an intent, in order. */ readonly begun: readonly string[] } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly step: PlanStep; readonly error: unknown; readonly interrupted: boolean }
);

/** After these kinds fail the deployment is as good as before: what they leave, the next one clears. */
const cleaning: ReadonlySet<StepKind> = new Set(["retire", "close", "remove", "prune"]);

/** A service that leaves the slots is not out of them before its door is gone, and a port is not free before its holder is. */
function isCleaning(step: PlanStep): boolean {
  if (step.kind === "close" && step.leaves) return false;
  if ((step.kind === "close" || step.kind === "remove") && step.heirs) return false;
  return cleaning.has(step.kind);
}

function isPromotion({ kind }: PlanStep): boolean {
  return kind === "promote";
}

/**
 * Runs steps in order, each with its intent in the journal before and its outcome after. Stops at the first that
 * fails, between two steps when the signal aborts, and before one that changes anything of the stack, but for a build that clears
 * nothing, where that is another home's by then.
 */
export async function runSteps(
  steps: readonly PlanStep[],
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<RunResult> {
  const begun: string[] = [];
  // What is left to a later run is without it once it was done.
  if (scope.plan.steps.some(isPromotion) && !steps.some(isPromotion)) {
    scope.run.isPromoting = true;
    closeAsPromoted(scope);
  }
  for (const step of steps) {
    if (signal.aborted) return { ok: false, begun, step, error: signal.reason, interrupted: true };
    try {
      await passGate(scope, step, signal);
      // A gate may have been waited at for hours.
      const foreign = await anothersBefore(step, scope);
      if (foreign) throw foreign;
      begun.push(step.id);
      if (isPromotion(step)) scope.run.isPromoting = true;
      await runStep(step, scope, signal);
    } catch (error) {
      if (leavesToPerson(scope, error) && begun.includes(step.id)) {
        await pauseByVerdict(scope, step, error);
        scope.run.isLeftToPerson = true;
        continue;
      }
      if (signal.aborted || !isCleaning(step) || isAnothers(error)) {
        // Without it the next run would see no more of a verdict than users who reach the candidate.
        if (!signal.aborted && !begun.includes(step.id)) await recordAtGate(scope, step, error);
        return { ok: false, begun, step, error, interrupted: signal.aborted };
      }
      report(scope, error);
      if (!(await untilEngineAnswers(scope))) continue;
      const foreign = await cleanAgain(step, scope, signal);
      if (foreign) return { ok: false, begun, step, error: foreign, interrupted: false };
    }
  }
  return { ok: true, begun };
}

/**
 * Once more, as it was the engine that failed, and not what there is to clean.
 *
 * @returns that the stack is another home's by then, HOME_MISMATCH; `undefined` where it is not
 */
async function cleanAgain(
  step: PlanStep,
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<SluiceError | undefined> {
  // The engine may have been away for a while.
  const foreign = await anothersBefore(step, scope);
  if (foreign) return foreign;
  try {
    await runStep(step, scope, signal);
  } catch (error) {
    if (isAnothers(error)) return error;
    report(scope, error);
  }
  return undefined;
}

async function runStep(step: PlanStep, scope: DeploymentScope, signal: AbortSignal): Promise<void> {
  const { deployment, ports } = scope;
  const { id, kind, target, cause } = step;
  await ports.journal.append({ type: "step-intent", deployment, step: id });
  emit(scope, { type: "step-start", deployment, step: id, kind, target, cause });
  if (movesUsers(step, scope.plan)) scope.run.trafficMoved = true;
  const startedMs = ports.clock.monotonicMs();
  // What is promoted is final, whether or not that could be written down.
  const keep = kind === "promote" ? recordIfPossible : record;
  try {
    const data = await withDeadline(step, scope, signal);
    await keep(scope, step, { result: "done", startedMs, ...(data ? { data } : {}) });
  } catch (error) {
    await recordIfPossible(scope, step, { result: "failed", startedMs, error, interrupted: signal.aborted });
    throw error;
  }
}

async function withDeadline(step: PlanStep, scope: DeploymentScope, signal: AbortSignal): Promise<StepData | void> {
  const { clock } = scope.ports;
  const budgetMs = stepBudgetMs(step, step.kind === "start" ? releaseIn(scope, step.slot) : scope.release);
  using deadline = createDeadline(clock, budgetMs);
  const { aborted } = scope.control;
  const either = AbortSignal.any([signal, deadline.signal, aborted]);
  try {
    const work = actionOf(step).run(step as never, scope, createCall(scope, step, either));
    return await settle(clock, either, work, () => (aborted.aborted ? abortGraceMs : undefined));
  } catch (error) {
    if (aborted.aborted && !signal.aborted) throw aborted.reason;
    // It says no more than that, and the reason says why.
    if (signal.aborted && error instanceof Error && error.name === "AbortError") throw signal.reason;
    if (!deadline.signal.aborted || signal.aborted || isSluiceError(error)) throw error;
    throw new SluiceError("DEADLINE_EXCEEDED", `${step.kind} ${step.target} took longer than ${budgetMs} ms`, {
      cause: error,
    });
  }
}

/** A person who aborts wants users back now: what a step still does is ended by its undo. */
const abortGraceMs = 200;

export interface UndoFailure {
  readonly step: PlanStep;
  readonly error: unknown;
}

/** While one of these is not undone users may still be led to the candidate: nothing else of it may be taken away. */
function leadsUsers(step: PlanStep): boolean {
  if (step.kind === "door") return step.cutsOver === true;
  if (step.kind === "close") return step.leaves !== undefined;
  return step.kind === "shift" || step.kind === "adopt" || step.kind === "promote";
}

/** What two deployers of one stack must not both do: a job changes data, and workers their work. */
function changesHands(step: PlanStep, plan: DeploymentPlan): boolean {
  return leadsUsers(step) || movesUsers(step, plan) || step.kind === "job" || step.kind === "workers";
}

/** Nothing of the stack is another after one of these, nor is what is stored of its releases. */
const looking: ReadonlySet<StepKind> = new Set(["backup", "rehearse", "verify", "approval", "drain", "bake"]);

/**
 * What is nobody's to this home may be what the other's users are at by now: the slot that is empty or retired, a service of base that
 * it has made anew, and the images of a release that is beyond retention here.
 */
function changesStack(step: PlanStep): boolean {
  if (step.kind === "build") return step.clears !== undefined;
  return !looking.has(step.kind);
}

async function anothersBefore(step: PlanStep, scope: DeploymentScope): Promise<SluiceError | undefined> {
  if (changesHands(step, scope.plan)) return anothersNow(scope);
  return changesStack(step) ? anothersLately(scope) : undefined;
}

/** Whether a step leads users away from what serves them, or ends that. A first release has nobody to lead away. */
export function movesUsers(step: PlanStep, { previous }: Pick<DeploymentPlan, "previous">): boolean {
  if (step.kind === "shift") return previous !== null;
  if (step.kind === "door") return step.cutsOver === true;
  if (step.kind === "close") return step.leaves !== undefined || step.heirs !== undefined;
  if (step.kind === "remove") return step.heirs !== undefined;
  if (step.kind === "recreate") return (step.replaces?.length ?? 1) > 0;
  return step.kind === "adopt";
}

/**
 * Undoes steps, the last first. One that cannot be undone does not keep the others from being undone, unless users
 * depend on it.
 *
 * @returns the steps whose undo failed, with the errors
 */
export async function undoSteps(steps: readonly PlanStep[], scope: DeploymentScope): Promise<readonly UndoFailure[]> {
  const failures: UndoFailure[] = [];
  for (const step of steps.toReversed()) {
    scope.run.undoing = step;
    if (!actionOf(step).undo) continue;
    if (!leadsUsers(step) && failures.some((failure) => leadsUsers(failure.step))) continue;
    try {
      await undoStep(step, scope);
    } catch (error) {
      failures.push({ step, error });
    }
  }
  scope.run.undoing = undefined;
  return failures;
}

/** That it cannot be written changes nothing of what is done next, and is told with the outcome. */
async function intendUndo({ ports, deployment }: DeploymentScope, { id }: PlanStep): Promise<void> {
  await ports.journal.append({ type: "undo-intent", deployment, step: id }).catch(() => undefined);
}

async function undoStep(step: PlanStep, scope: DeploymentScope): Promise<void> {
  const { clock } = scope.ports;
  await intendUndo(scope, step);
  const startedMs = clock.monotonicMs();
  const undo = async () => {
    // Compensation never runs under the signal that was aborted.
    using deadline = createDeadline(clock, undoBudgetMs(step, scope));
    const work = actionOf(step).undo?.(step as never, scope, createCall(scope, step, deadline.signal));
    await settle(clock, deadline.signal, work ?? Promise.resolve());
  };
  try {
    await undo().catch(async (error: unknown) => {
      if (await untilEngineAnswers(scope)) return undo();
      throw error;
    });
    await recordIfPossible(scope, step, { result: "undone", startedMs });
  } catch (error) {
    await recordIfPossible(scope, step, { result: "undo-failed", startedMs, error });
    throw error;
  }
}
