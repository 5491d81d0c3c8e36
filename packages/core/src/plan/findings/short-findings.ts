import type { StateFinding } from "../../model/finding.ts";
import { isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedContainer, ObservedSlot, ObservedStack } from "../../model/stack.ts";
import { liveSlot } from "../live/live-slot.ts";
import { stateText } from "./memory-kill.ts";
import { cutOffText, type ShortService, shortServices, shortText } from "./short-services.ts";

/**
 * Services of the slot that serves of which containers are gone, down or cut off: an error where users come to one of which
 * nothing runs, or which nobody reaches. Pure. Nothing is said while users move, nor before a door leads to the slot for good: workers of a candidate
 * start only once everyone is led to it.
 *
 * @param services those of the release that serves
 */
export function shortFindings(observed: ObservedStack, services: readonly ServiceFacts[]): readonly StateFinding[] {
  const live = liveSlot(observed);
  if (!live) return [];
  const { slot } = live;
  const isMoving = Object.values(observed.doors).some(
    ({ routing }) => routing !== null && routing.stable !== null && (routing.stable !== slot || routing.share > 0),
  );
  const isLed =
    !services.some(isBehindDoor) || Object.values(observed.doors).some(({ routing }) => routing?.stable === slot);
  if (isMoving || !isLed) return [];
  const { containers } = observed.slots[slot];
  const cutOff = observed.cutOff.filter((one) => one.slot === slot);
  if (containers.length === 0 && services.some(isBehindDoor)) return [goneFinding(slot)];
  const behindDoors = new Set(services.filter(isBehindDoor).map(({ name }) => name));
  return shortServices(services, { containers, cutOff }).map((short) => {
    const isServed = !behindDoors.has(short.service) || short.up > 0 || short.cutOff.some((one) => !one.isUnlinked);
    return shortFinding(short, observed.slots[slot], isServed);
  });
}

function goneFinding(slot: Slot): StateFinding {
  const message = `slot ${slot}, which serves, has no containers: nobody is served`;
  const hint = "sluice rollback TAG leads users to a version before; sluice deploy makes the release anew";
  return { severity: "error", code: "slot-gone", message, hint, unserved: "down" };
}

function shortFinding(short: ShortService, { slot, release }: ObservedSlot, isServed: boolean): StateFinding {
  const { service, wanted, up, down, cutOff } = short;
  const gone = Math.max(0, wanted - up - down.length - cutOff.length);
  const parts = [
    ...down.map((container) => `${container.name} is ${stateOf(container)}`),
    ...cutOff.map(cutOffText),
    ...(gone > 0 ? [`${gone} gone`] : []),
  ];
  const message = `${shortText(short)} in slot ${slot}, which serves: ${parts.join(", ")}`;
  const next = "sluice deploy of the release that serves brings back what is missing, and touches nothing that runs";
  // No window refuses that.
  const back = release === null ? [] : [`at any time: sluice rollback ${release}`];
  const [paused, ended] = [true, false].map((wants) =>
    down.filter(({ state }) => (state === "paused") === wants).map(({ name }) => name),
  );
  const more = [
    ...(paused?.length ? [`at once: docker unpause ${paused.join(" ")}`] : []),
    // A log says why it ended.
    ...(ended?.length ? [`why it ended: docker logs --tail 50 ${ended.join(" ")}`] : []),
  ];
  const hint = [next, ...back, ...more].join("; ");
  const about = { code: "service-short", service, message, hint } as const;
  if (isServed) return { ...about, severity: "warn" };
  return { ...about, severity: "error", unserved: cutOff.length > 0 ? "unreached" : "down" };
}

function stateOf(container: ObservedContainer): string {
  const { state, exitCode, oomKilled } = container;
  if (oomKilled) return stateText(container);
  return state === "created" || state === "paused" ? state : `${state} (${exitCode})`;
}
