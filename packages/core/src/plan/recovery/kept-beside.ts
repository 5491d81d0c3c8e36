import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import type { DeploymentPlan, PlanStep } from "../steps/step.ts";

/** What is beside the slots: which of the three holds a container is a matter of what is checked out. */
export type Beside = Pick<ObservedStack, "plain" | "base" | "orphans">;

export function besideSlots({ plain, base, orphans }: Beside): readonly ObservedContainer[] {
  return [...plain, ...orphans, ...Object.values(base).flatMap(({ containers }) => containers)];
}

/** Ids of containers beside the slots that a deployment undoes with, as long as its candidate is not promoted. Pure. */
export function keptForWayBack({ steps }: Pick<DeploymentPlan, "steps">): readonly string[] {
  return steps.flatMap(keptBeside);
}

/** Containers beside the slots that are kept for the way back until the candidate is promoted. */
export function keptBeside(step: PlanStep): readonly string[] {
  if (step.kind === "adopt") return step.restarts;
  return step.kind === "workers" ? (step.replaces ?? []) : [];
}

/** Those of them that are not there any more. Pure. */
export function goneBeside(
  { plan }: { readonly plan: Pick<DeploymentPlan, "steps"> },
  seen: Beside,
): readonly string[] {
  const left = new Set(besideSlots(seen).map(({ id }) => id));
  return keptForWayBack(plan).filter((id) => !left.has(id));
}
