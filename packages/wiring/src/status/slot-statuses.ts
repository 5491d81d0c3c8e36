import { isRunning, liveSlot, type ObservedStack, type ReleaseBundle, shareOf, slots } from "@sluice/core";
import type { SlotStatus } from "../deployer.ts";

/**
 * What each slot is to the users, and to a deployment without an end. Pure.
 *
 * @param open the release that such a deployment is about: its bundle, `null` until that is stored, and its tag. `null` without one
 */
export function slotStatuses(
  observed: ObservedStack,
  bundles: readonly Pick<ReleaseBundle, "id" | "tag">[],
  open: { readonly bundle: string | null; readonly tag: string } | null,
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
    const warm = isBeside && !candidate && live !== null && isRunning(observed.slots[slot]);
    return { slot, release, tag, live: live?.slot === slot, candidate, warm, containers };
  });
}
