import type { ReleaseBundle } from "../../model/release.ts";
import { type Slot, slots } from "../../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import type { LeftRunning } from "./left-running.ts";
import { isRunning, liveSlot, shareOf } from "./live-slot.ts";

export interface SlotStatus {
  readonly slot: Slot;
  readonly release: string | null;
  readonly tag: string | null;
  readonly live: boolean;
  /** A deployment leads users to it, or was about to, whether or not it runs. */
  readonly candidate: boolean;
  /** It runs, and is the release before, kept for the way back. */
  readonly warm: boolean;
  readonly containers: readonly ObservedContainer[];
}

export interface SlotsKnown {
  /** The release that a deployment without an end is about: its bundle, `null` until that is stored, and its tag. `null` without one */
  readonly open: { readonly bundle: string | null; readonly tag: string } | null;
  /** Where something runs on for nobody. */
  readonly left: readonly LeftRunning[];
}

/** What each slot is to the users, and to a deployment without an end. Pure. */
export function slotStatuses(
  observed: ObservedStack,
  bundles: readonly Pick<ReleaseBundle, "id" | "tag">[],
  { open, left }: SlotsKnown,
): readonly SlotStatus[] {
  const live = liveSlot(observed);
  return slots.map((slot) => {
    const { release, containers } = observed.slots[slot];
    const tag = bundles.find(({ id }) => id === release)?.tag ?? null;
    const isBeside = live?.slot !== slot && containers.length > 0;
    // The one before has users, too, while a candidate has not all of them: then it is the one that serves.
    const isReached = Object.values(observed.doors).some(
      ({ routing }) => routing !== null && routing.stable !== slot && shareOf(routing, slot) > 0,
    );
    const isMeant = open !== null && (open.bundle === null ? open.tag === tag : open.bundle === release);
    const candidate = isBeside && (isReached || isMeant);
    // Where no slot serves going back is no change of route, whatever runs.
    const isWayBack = live !== null && left.every((one) => one.slot !== slot);
    const warm = isBeside && !candidate && isWayBack && isRunning(observed.slots[slot]);
    return { slot, release, tag, live: live?.slot === slot, candidate, warm, containers };
  });
}
