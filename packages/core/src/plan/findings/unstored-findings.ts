import type { StateFinding } from "../../model/finding.ts";
import type { ReleaseBundle } from "../../model/release.ts";
import { slots } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { liveSlot } from "../live/live-slot.ts";

/** Releases that slots of this stack hold and its state home does not: `releases/` is lost, or a part of it. Pure. */
export function unstoredFindings(
  observed: ObservedStack,
  bundles: readonly Pick<ReleaseBundle, "id">[],
): readonly StateFinding[] {
  const live = liveSlot(observed)?.slot;
  return slots.flatMap((slot): StateFinding[] => {
    const { release, containers } = observed.slots[slot];
    if (release === null || containers.length === 0 || bundles.some(({ id }) => id === release)) return [];
    const isLive = slot === live;
    const holds = isLive ? `slot ${slot} serves` : `slot ${slot} holds`;
    const lost = isLive ? "its tag and its settings are lost" : "nobody can go back to it";
    return [
      {
        severity: isLive ? "error" : "warn",
        code: "release-not-stored",
        message: `${holds} release ${release}, which the state home does not have: ${lost}`,
        hint: "sluice state import ARCHIVE --replace, from an export (with --take-over where this state home was rebuilt since); without one, in a checkout of that release: sluice state rebuild --replace",
      },
    ];
  });
}
