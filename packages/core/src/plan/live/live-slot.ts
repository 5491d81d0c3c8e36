import type { DoorRouting } from "../../model/door.ts";
import { slotServices } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import { otherSlot, type Slot, slots } from "../../model/slot.ts";
import type { ObservedContainer, ObservedDoor, ObservedSlot, ObservedStack } from "../../model/stack.ts";

export interface LiveSlot {
  readonly slot: Slot;
  readonly release: string | null;
  /** Percent of the users that reach it, by the door that has moved least. */
  readonly share: number;
}

/**
 * The slot that users reach, judged by what the doors say: the stable one, or the other once every door gives it
 * everything. Doors that users come to go before others. Without a door that leads anywhere it goes by the slot that runs;
 * where both run by memory, and without one by which of them has nothing stopped: workers of the other are. `null` before a
 * first deployment, while what users reach outside the slots has not given way, and where all that served last was in base.
 */
export function liveSlot(observed: ObservedStack): LiveSlot | null {
  const doors = Object.values(observed.doors).filter(({ routing }) => routing !== null);
  const leading = doors.filter((door) => leads(door) && !isHeldByPlain(observed, door));
  const reached = leading.filter(({ isUnreached }) => !isUnreached);
  const opened = (reached.length > 0 ? reached : leading).flatMap(({ routing }) => (routing ? [routing] : []));
  const [first] = opened;
  if (first) {
    const everyone = slots.find((slot) => opened.every((routing) => shareOf(routing, slot) === 100));
    const slot = everyone ?? first.stable ?? "blue";
    const share = Math.min(...opened.map((routing) => shareOf(routing, slot)));
    return { slot, release: observed.slots[slot].release, share };
  }
  // What a release that is all in base left behind in a slot may run on beside it.
  const wasInBase = observed.remembered?.slot === null;
  if (doors.length > 0 || observed.isTakingOver || wasInBase) return null;
  const running = slots.filter((slot) => isRunning(observed.slots[slot]));
  const whole = running.filter((one) => observed.slots[one].containers.every(({ state }) => state === "running"));
  const likely = running.length === 1 ? running : whole;
  const slot = running.find((one) => isRemembered(observed, one)) ?? (likely.length === 1 ? likely[0] : undefined);
  return slot ? { slot, release: observed.slots[slot].release, share: 100 } : null;
}

/**
 * The slot that a deployment goes from: the live one. Where nothing of that is left and the other serves when it is asked, that
 * one: users are led to it before anything else. Pure.
 */
export function previousSlot(observed: ObservedStack): LiveSlot | null {
  const live = liveSlot(observed);
  if (!live || observed.slots[live.slot].containers.length > 0) return live;
  const slot = otherSlot(live.slot);
  const { release, containers } = observed.slots[slot];
  const serves = containers.some((container) => isUp(container) && observed.doors[container.service] !== undefined);
  return serves ? { slot, release, share: 100 } : live;
}

/** Where nobody knows which slot serves: one in which nothing runs, or what was started first, as the way back is. Pure. */
export function leastNeeded({ slots: seen }: ObservedStack): Slot {
  const running = slots.filter((slot) => isRunning(seen[slot]));
  const [idle] = slots.filter((slot) => !running.includes(slot));
  if (idle !== undefined) return idle;
  const latestIn = (slot: Slot) =>
    seen[slot].containers
      .map(({ startedAt }) => startedAt)
      .toSorted()
      .at(-1) ?? "";
  return latestIn("green") < latestIn("blue") ? "green" : "blue";
}

function leads({ routing }: ObservedDoor): boolean {
  return routing !== null && routing.stable !== null;
}

/**
 * Whether users of a service reach what plain Compose ran of it, or what a release has of it in base, or nobody: its door is
 * made, and was to take the port over. One that leads to a proven release was cut off by somebody, whatever is beside it.
 */
export function isHeldByPlain(
  { plain, base }: ObservedStack,
  { service, isUnreached, routing }: ObservedDoor,
): boolean {
  const isProven = routing === null || routing.share < 100;
  const beside = [...plain, ...(base[service]?.containers ?? [])];
  return isUnreached === true && !isProven && beside.some((container) => container.service === service);
}

function isRemembered({ slots, remembered }: ObservedStack, slot: Slot): boolean {
  return slot === remembered?.slot && slots[slot].release === remembered.release;
}

/** Percent of the users that a door leads to a slot. */
export function shareOf({ stable, share }: DoorRouting, slot: Slot): number {
  if (stable === null) return 0;
  return stable === slot ? 100 - share : share;
}

export function isRunning(slot: ObservedSlot): boolean {
  return slot.containers.some((container: ObservedContainer) => container.state === "running");
}

/**
 * The release in the idle slot where going back to it is a change of route: its web services still run there, and all that it
 * needs beside them is there to be started. `null` where anything of it is gone, or is cut off from a network: then it is made anew.
 *
 * @param services those of the release that is gone back to
 */
export function warmRelease(
  observed: ObservedStack,
  services: readonly ServiceFacts[],
  live: LiveSlot | null = liveSlot(observed),
): string | null {
  const needed = slotServices(services);
  if (!live || needed.every(({ role }) => role !== "web")) return null;
  const idle = observed.slots[otherSlot(live.slot)];
  const cutOff = new Set(observed.cutOff.flatMap(({ slot, container }) => (slot === idle.slot ? [container] : [])));
  const isThere = ({ name, role, replicas }: ServiceFacts) => {
    const containers = idle.containers.filter(({ service }) => service === name);
    if (containers.length < replicas || containers.some((one) => cutOff.has(one.name))) return false;
    return role === "web" ? containers.every(isUp) : containers.every(isStartable);
  };
  return needed.every(isThere) && isRunning(idle) ? idle.release : null;
}

function isUp({ state, health }: ObservedContainer): boolean {
  return state === "running" && health !== "unhealthy";
}

function isStartable({ state }: ObservedContainer): boolean {
  return state !== "dead" && state !== "removing";
}
