import { isInSlot } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import { otherSlot, type Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import type { LeftRunningPlan } from "../live/left-running.ts";
import { type LiveSlot, leastNeeded, previousSlot } from "../live/live-slot.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import type { AddStep } from "./collect-steps.ts";
import { collectRemovals, orphanHeirs, type Removals } from "./orphans.ts";
import { type Adopted, adoptedOf } from "./plan-adoption.ts";
import { type BaseDifferences, baseServices } from "./plan-base.ts";
import type { PlanStep } from "./step.ts";

/** What is wanted and what there is, with what the plan of a deployment takes from both, whatever it does. */
export interface PlanScope {
  readonly desired: DesiredDeployment;
  readonly observed: ObservedStack;
  /** The slot that users reach, or are led back to. */
  readonly live: LiveSlot | null;
  readonly candidate: Slot;
  readonly previous: Slot | null;
  /** Services of the release that serves; none where they are not known. */
  readonly serving: readonly ServiceFacts[];
  /** Services of the wanted release. */
  readonly active: readonly ServiceFacts[];
  /** Those of them that have a slot. */
  readonly inSlots: readonly ServiceFacts[];
  /** Those of these with a door. */
  readonly webs: readonly ServiceFacts[];
  /** Those in base, dependencies first. */
  readonly base: readonly ServiceFacts[];
  readonly adopted: Adopted;
  readonly left: LeftRunningPlan;
  readonly removals: Removals;
  /** All steps so far. */
  readonly steps: readonly PlanStep[];
}

/** @param plan takes the steps; those of `removals` as they are called for */
export function createPlanScope(
  desired: DesiredDeployment,
  observed: ObservedStack,
  plan: { readonly steps: readonly PlanStep[]; readonly add: AddStep },
): PlanScope {
  const { servesInBase = null, replaced: serving = [], orphans = [] } = desired;
  const live = previousSlot(observed);
  const candidate = live ? otherSlot(live.slot) : leastNeeded(observed);
  const previous = live?.slot ?? null;
  const active = desired.services.filter((service) => service.active);
  const inSlots = active.filter(isInSlot);
  const webs = inSlots.filter((service) => service.role === "web");
  const base = baseServices(active);
  const adopted = adoptedOf(observed, inSlots, previous, desired.replaced);
  const left = { ...desired, live, isInBase: servesInBase !== null, services: serving };
  const removals = collectRemovals(plan.add, orphans, orphanHeirs(orphans, base, serving, observed));
  const found = { live, candidate, previous, serving, active, inSlots, webs, base, adopted, left, removals };
  return { desired, observed, ...found, steps: plan.steps };
}

/** By what base services have steps. */
export function differencesOf({ bundleId, differing, asServing, files, replaced }: DesiredDeployment): BaseDifferences {
  return { isBuilt: bundleId === null, differing, asServing, files, replaced };
}

export function namesOf(services: readonly ServiceFacts[]): readonly string[] {
  return services.map(({ name }) => name);
}
