import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { cutOffText, shortServices, shortText } from "../findings/short-services.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";

/** What is gone of the release that serves comes back in its own slot; what runs there is not touched. @returns the services */
export function addShort(
  add: AddStep,
  slot: Slot,
  services: readonly ServiceFacts[],
  { slots, missingLinks, cutOff, base }: ObservedStack,
): readonly string[] {
  const short = shortServices(services, {
    containers: slots[slot].containers,
    cutOff: cutOff.filter((one) => one.slot === slot),
  });
  if (short.length === 0) return [];
  const names = short.map(({ service }) => service);
  const mended = services.filter(({ name }) => names.includes(name));
  const target = `${names.join(", ")} in ${slot}`;
  const cause = short.flatMap((one) => [shortText(one), ...one.cutOff.map(cutOffText)]).join("; ");
  // Networks that nothing was on any more may be gone too. A missing link has its step already.
  const isLinked = missingLinks.every((link) => link.slot !== slot);
  if (isLinked && Object.values(base).every(({ lost = [] }) => lost.length === 0)) {
    add({ kind: "networks", slot, target: `links of ${slot}`, cause: `${names.join(", ")} must reach base` });
  }
  add({
    kind: "start",
    slot,
    services: names,
    mends: true,
    target,
    cause,
    timeoutMs: Math.max(...mended.map(({ startBudget }) => startBudget.timeoutMs)) + shortStepMs,
  });
  return names;
}
