import type { DeploymentPlan, Slot } from "@sluice/core";

/** How far users meet the candidate. */
export interface Exposure {
  readonly slot: Slot;
  readonly services: readonly string[];
  /** Share of the candidate, percent. */
  readonly at: number;
}

/** How far users meet the candidate when a step of the plan begins; `null` while none do. */
export function exposureBefore({ steps }: DeploymentPlan, stepId: string): Exposure | null {
  const position = steps.findIndex(({ id }) => id === stepId);
  const shift = steps.slice(0, Math.max(0, position)).findLast((step) => step.kind === "shift");
  return shift ? { slot: shift.slot, services: shift.services, at: shift.share } : null;
}
