import type { PlanStep } from "./step.ts";

/** Deadline of a step that only talks to the engine and the door. */
export const shortStepMs = 60_000;

/** A step before it has an id; without a deadline it gets the short one. */
export type StepDraft = PlanStep extends infer Step
  ? Step extends PlanStep
    ? Omit<Step, "id" | "timeoutMs"> & { readonly timeoutMs?: number }
    : never
  : never;

export type AddStep = (draft: StepDraft) => void;

/** Gathers the steps of a plan and numbers them by kind, so that ids stay the same when the plan is made again. */
export function collectSteps(): { steps: PlanStep[]; add: AddStep } {
  const steps: PlanStep[] = [];
  const counts = new Map<string, number>();
  const add: AddStep = (draft) => {
    const count = (counts.get(draft.kind) ?? 0) + 1;
    counts.set(draft.kind, count);
    steps.push({ timeoutMs: shortStepMs, ...draft, id: `${draft.kind}-${count}` } as PlanStep);
  };
  return { steps, add };
}
