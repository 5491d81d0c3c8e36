import type { Slot } from "../model/slot.ts";
import { otherSlot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "./step.ts";

/** What the journal says of the last attempt that has no end. */
export interface UnfinishedDeployment {
  readonly deployment: string;
  readonly plan: DeploymentPlan;
  /** Steps with an intent, in order. */
  readonly begun: readonly string[];
  /** Steps with an outcome `done` that were not undone since. */
  readonly done: readonly string[];
}

export type Recovery =
  | { readonly action: "finish"; readonly remaining: readonly PlanStep[]; readonly reason: string }
  | { readonly action: "undo"; readonly begun: readonly PlanStep[]; readonly reason: string };

/**
 * What to do with an attempt that died: before cutover is complete it is undone, after it is finished. Cutover is
 * judged by what the doors show; a stack without doors goes by the journal.
 */
export function planRecovery(
  unfinished: UnfinishedDeployment,
  observed: ObservedStack,
  choice?: "finish" | "undo",
): Recovery {
  const { plan, begun, done } = unfinished;
  const complete = isCutOver(unfinished, observed);
  const action = choice ?? (complete ? "finish" : "undo");
  if (action === "finish") {
    return {
      action,
      remaining: plan.steps.filter(({ id }) => !done.includes(id)),
      reason: choice ? "asked for" : `users already reach slot ${plan.candidate}`,
    };
  }
  return {
    action,
    begun: plan.steps.filter(({ id }) => begun.includes(id)),
    reason: choice ? "asked for" : "cutover was not complete",
  };
}

const afterCutover: ReadonlySet<StepKind> = new Set([
  "workers",
  "drain",
  "bake",
  "promote",
  "retire",
  "recreate",
  "prune",
]);

function isCutOver({ plan, done, begun }: UnfinishedDeployment, observed: ObservedStack): boolean {
  const doors = Object.values(observed.doors).flatMap(({ routing }) => (routing ? [routing] : []));
  const reached = (slot: Slot) =>
    doors.every(({ stable, share }) => (stable === slot ? share === 0 : stable === otherSlot(slot) && share === 100));
  const shifts = plan.steps.filter(({ kind }) => kind === "shift");
  if (shifts.length === 0) {
    return plan.steps.some(({ kind, id }) => afterCutover.has(kind) && (done.includes(id) || begun.includes(id)));
  }
  const lastShift = shifts.at(-1);
  return doors.length > 0 && lastShift !== undefined && begun.includes(lastShift.id) && reached(plan.candidate);
}
