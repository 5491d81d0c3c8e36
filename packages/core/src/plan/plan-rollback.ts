import type { Config } from "../config/schema.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { collectSteps, shortStepMs } from "./collect-steps.ts";
import { liveSlot } from "./live-slot.ts";
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
  const live = liveSlot(observed);
  const previous = live?.slot ?? null;
  const candidate = previous ? otherSlot(previous) : "blue";
  const inSlots = services.filter(({ active, strategy }) => active && strategy === "slots");
  const webs = inSlots.filter(({ role }) => role === "web").map(({ name }) => name);
  const workers = inSlots.filter(({ role }) => role === "worker");
  const { steps, add } = collectSteps();
  add({
    kind: "shift",
    slot: candidate,
    services: webs,
    share: 100,
    holdMs: 0,
    approve: false,
    target: `${webs.join(", ")} to ${candidate}`,
    cause: `slot ${candidate} is warm: going back is a change of route`,
  });
  if (workers.length > 0) {
    add({
      kind: "workers",
      slot: candidate,
      services: workers.map(({ name }) => name),
      overlap: workers.every(({ overlap }) => overlap),
      target: workers.map(({ name }) => name).join(", "),
      cause: "workers follow the route",
    });
  }
  if (previous) {
    const drainTimeoutMs = config.traffic.drain.timeout;
    add({
      kind: "drain",
      slot: previous,
      services: webs,
      drainTimeoutMs,
      timeoutMs: drainTimeoutMs + shortStepMs,
      target: `slot ${previous}`,
      cause: "requests that the version left behind accepted may end",
    });
  }
  add({
    kind: "promote",
    slot: candidate,
    services: webs,
    target: `slot ${candidate}`,
    cause: "it is the stable slot again",
  });
  return { kind: "rollback", candidate, previous, steps };
}
