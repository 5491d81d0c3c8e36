import type { Config } from "../config/schema.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { collectSteps } from "./collect-steps.ts";
import { liveSlot } from "./live-slot.ts";
import { addDrain, addWorkers } from "./plan-ending.ts";
import type { DeploymentPlan } from "./step.ts";

/**
 * The way back to a warm slot: the route first, then the workers; no start, no steps of traffic. `services` are those
 * of the release that is gone back to.
 */
export function planWarmRollback(
  services: readonly ServiceFacts[],
  config: Config,
  observed: ObservedStack,
): DeploymentPlan {
  const previous = liveSlot(observed)?.slot ?? null;
  const slot = previous ? otherSlot(previous) : "blue";
  const inSlots = services.filter(({ active, strategy }) => active && strategy === "slots");
  const webs = inSlots.filter(({ role }) => role === "web").map(({ name }) => name);
  const workers = inSlots.filter(({ role }) => role === "worker");
  const { steps, add } = collectSteps();
  const cause = `slot ${slot} is warm: going back is a change of route`;
  const target = `${webs.join(", ")} to ${slot}`;
  add({ kind: "shift", slot, services: webs, share: 100, holdMs: 0, approve: false, target, cause });
  addWorkers(add, slot, workers);
  if (previous) addDrain(add, previous, webs, config, "requests that the version left behind accepted may end");
  add({ kind: "promote", slot, services: webs, target: `slot ${slot}`, cause: "it is the stable slot again" });
  return { kind: "rollback", candidate: slot, previous, steps };
}
