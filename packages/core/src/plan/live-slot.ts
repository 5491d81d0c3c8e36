import { otherSlot, type Slot, slots } from "../model/slot.ts";
import type { ObservedContainer, ObservedSlot, ObservedStack } from "../model/stack.ts";

export interface LiveSlot {
  readonly slot: Slot;
  readonly release: string | null;
  /** Percent of the users that reach it, by the door that has moved least. */
  readonly share: number;
}

/**
 * The slot that users reach, judged by what the doors say and never by memory: the stable one, or the other once every
 * door gives it everything. A stack without web services goes by its running workers. `null` before a first deployment.
 */
export function liveSlot(observed: ObservedStack): LiveSlot | null {
  const routings = Object.values(observed.doors).flatMap(({ routing }) => (routing ? [routing] : []));
  const opened = routings.filter(({ stable }) => stable !== null);
  if (opened.length > 0) {
    const stable = opened[0]?.stable ?? "blue";
    const moved = Math.min(...opened.map(({ share }) => share));
    const slot = moved === 100 ? otherSlot(stable) : stable;
    return {
      slot,
      release: observed.slots[slot].release,
      share: moved === 100 ? 100 : 100 - Math.max(...opened.map(({ share }) => share)),
    };
  }
  if (routings.length > 0) return null;
  const running = slots.filter((slot) => isRunning(observed.slots[slot]));
  const [only] = running;
  return only && running.length === 1 ? { slot: only, release: observed.slots[only].release, share: 100 } : null;
}

export function isRunning(slot: ObservedSlot): boolean {
  return slot.containers.some((container: ObservedContainer) => container.state === "running");
}

/** Whether the idle slot holds a release whose web services still run, so that going back is a change of route. */
export function warmRelease(observed: ObservedStack, webs: readonly string[]): string | null {
  const live = liveSlot(observed);
  if (!live || webs.length === 0) return null;
  const idle = observed.slots[otherSlot(live.slot)];
  const up = webs.every((name) => {
    const containers = idle.containers.filter(({ service }) => service === name);
    return (
      containers.length > 0 && containers.every(({ state, health }) => state === "running" && health !== "unhealthy")
    );
  });
  return up && isRunning(idle) ? idle.release : null;
}
