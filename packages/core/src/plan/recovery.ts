import { SluiceError } from "../errors/sluice-error.ts";
import type { ObservedStack } from "../model/stack.ts";
import { shareOf } from "./live-slot.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "./step.ts";

/** What the journal says of the last attempt that has no end. */
export interface UnfinishedDeployment {
  readonly deployment: string;
  readonly plan: DeploymentPlan;
  /** Steps with an intent, in order. */
  readonly begun: readonly string[];
  /** Steps with an outcome `done` of which no undo was even begun since, nor of a step before them. */
  readonly done: readonly string[];
  /** Why it was to be taken back, by a verdict or a person; absent where neither had said so. */
  readonly condemned?: string | undefined;
}

export type Recovery =
  | { readonly action: "finish"; readonly remaining: readonly PlanStep[]; readonly reason: string }
  | { readonly action: "undo"; readonly begun: readonly PlanStep[]; readonly reason: string };

/**
 * What to do with an attempt that died: before cutover is complete it is undone, after it is finished. Cutover is
 * judged by what the doors show; a stack without doors goes by the journal. What a verdict or a person had condemned is
 * undone wherever its users are. Once the candidate is promoted there is nothing to go back to.
 *
 * @throws SluiceError RECOVERY_REFUSED when the choice is not possible any more, or not yet
 */
export function planRecovery(
  unfinished: UnfinishedDeployment,
  observed: ObservedStack,
  choice?: "finish" | "undo",
): Recovery {
  const { plan, begun, condemned } = unfinished;
  const isFinal = isPromoted(unfinished, observed);
  assertPossible(unfinished, isFinal, choice);
  const isGood = condemned === undefined && isCutOver(unfinished, observed);
  const action = choice ?? (isFinal || isGood ? "finish" : "undo");
  if (action === "finish") {
    return {
      action,
      remaining: remainingSteps(unfinished, observed),
      reason: choice ? "asked for" : `users already reach slot ${plan.candidate}`,
    };
  }
  return {
    action,
    begun: plan.steps.filter(({ id }) => begun.includes(id)),
    reason: choice ? "asked for" : (condemned ?? "cutover was not complete"),
  };
}

function assertPossible(unfinished: UnfinishedDeployment, isFinal: boolean, choice?: "finish" | "undo"): void {
  const { deployment } = unfinished;
  if (choice === "undo" && isFinal) {
    throw new SluiceError("RECOVERY_REFUSED", `deployment ${deployment} cannot be undone: its release is promoted`, {
      hint: "sluice resume finishes it; sluice rollback goes back afterwards",
    });
  }
  const isBuilt = !unfinished.plan.steps.some(({ kind }) => kind === "build") || hasDone(unfinished, "build");
  if (choice === "finish" && !isBuilt) {
    throw new SluiceError(
      "RECOVERY_REFUSED",
      `deployment ${deployment} cannot be finished: its release was not stored`,
      {
        hint: "sluice abort undoes it; then deploy the release again",
      },
    );
  }
}

/**
 * What is not done, or is not so any more whatever the record says, and what lived only with the run that did it. That an undo
 * had begun may be missing in the record: until the release is promoted workers are changed once more, and a slot that is empty
 * was taken back.
 */
function remainingSteps(unfinished: UnfinishedDeployment, observed: ObservedStack): readonly PlanStep[] {
  const { plan, done } = unfinished;
  const isFinal = isPromoted(unfinished, observed);
  const takenBack = isFinal ? [] : stepsTakenBack(unfinished, observed);
  const isUnsure = (step: PlanStep) => takenBack.includes(step) || (step.kind === "workers" && !isFinal);
  const open = plan.steps.filter((step) => !done.includes(step.id) || isUnsure(step));
  // The way to a preview is known only to the run that made it, and needed until the service's own door leads there.
  const isPreviewed = (service: string) =>
    open.some(
      (step) => step.kind === "adopt" || (step.kind === "door" && step.cutsOver === true && step.service === service),
    );
  return plan.steps.filter(
    (step) => open.includes(step) || (step.kind === "preview-door" && isPreviewed(step.service)),
  );
}

/** Steps that were undone, whatever the record says. */
function stepsTakenBack(unfinished: UnfinishedDeployment, observed: ObservedStack): readonly PlanStep[] {
  const { plan } = unfinished;
  return isSlotGone(unfinished, observed) ? plan.steps.filter(hasUndo) : sharesTakenBack(plan, observed);
}

/** The slot of the candidate was made, and nothing is in it: an undo has removed it, and all that came after. */
function isSlotGone({ plan, done }: UnfinishedDeployment, { slots }: ObservedStack): boolean {
  const isMade = plan.steps.some(
    (step) => done.includes(step.id) && (step.kind === "create" || (step.kind === "job" && step.creates === true)),
  );
  return isMade && slots[plan.candidate].containers.length === 0;
}

/** These leave something that no undo takes away. */
function hasUndo({ kind }: PlanStep): boolean {
  return kind !== "build" && kind !== "backup" && kind !== "rehearse";
}

/**
 * Shares that users do not have, whatever the record says, and what follows from having them: an undo gives users back to
 * the previous before it says that it undoes anything.
 */
function sharesTakenBack({ steps, candidate }: DeploymentPlan, observed: ObservedStack): readonly PlanStep[] {
  const isTakenBack = (step: PlanStep) =>
    step.kind === "shift" &&
    step.services.some((service) => {
      const routing = observed.doors[service]?.routing;
      return routing ? routing.stable !== null && shareOf(routing, candidate) < step.share : false;
    });
  const first = steps.findIndex(isTakenBack);
  return first < 0 ? [] : steps.filter((step, index) => index >= first && followsShares.has(step.kind));
}

const followsShares: ReadonlySet<StepKind> = new Set(["shift", "approval", "drain", "bake"]);

/** What plain Compose ran is removed while the candidate is promoted: with the first of it gone there is no way back. */
function isPromoted(unfinished: UnfinishedDeployment, observed: ObservedStack): boolean {
  const { plan, begun } = unfinished;
  const isGone = (id: string) => observed.plain.every((container) => container.id !== id);
  const removed = plan.steps.some((step) => step.kind === "adopt" && step.restarts.some(isGone));
  const hasBegun = plan.steps.some(({ kind, id }) => kind === "promote" && begun.includes(id));
  return hasDone(unfinished, "promote") || (removed && hasBegun);
}

function hasDone({ plan, done }: UnfinishedDeployment, kind: StepKind): boolean {
  return plan.steps.some((step) => step.kind === kind && done.includes(step.id));
}

const afterCutover: ReadonlySet<StepKind> = new Set([
  "workers",
  "drain",
  "bake",
  "promote",
  "retire",
  "close",
  "recreate",
  "remove",
  "prune",
]);

/** What goes because its port is wanted goes before there is anything to reach. */
function isAfterCutover(step: PlanStep): boolean {
  return afterCutover.has(step.kind) && !(step.kind === "remove" && step.heirs);
}

function isCutOver({ plan, done, begun }: UnfinishedDeployment, observed: ObservedStack): boolean {
  const lastShift = plan.steps.findLast((step) => step.kind === "shift");
  if (!lastShift) {
    return plan.steps.some((step) => isAfterCutover(step) && (done.includes(step.id) || begun.includes(step.id)));
  }
  // Where ports change hands users reach the candidate before any shift. Doors of other services say nothing here.
  return lastShift.services.every((service) => {
    const routing = observed.doors[service]?.routing;
    return routing !== undefined && routing !== null && shareOf(routing, plan.candidate) === 100;
  });
}
