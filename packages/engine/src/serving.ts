import { liveSlot, type ObservedStack, type ReleaseBundle, runsInBase, type Serving } from "@sluice/core";

/**
 * Which version users reach, judged by the doors; `null` where nothing serves.
 *
 * @param inBase ids of releases that may serve where there is no slot, the likeliest first: see `runsInBase`. Default: none
 */
export function servingOf(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  inBase: readonly (string | null | undefined)[] = [],
): Serving | null {
  const live = liveSlot(observed);
  if (!live) {
    const found = inBase.map((id) => bundles.find((bundle) => bundle.id === id));
    const bundle = found.find((one) => one && runsInBase(one, observed));
    return bundle ? { release: bundle.id, tag: bundle.tag, slot: null, share: 100 } : null;
  }
  if (!live.release) return null;
  const bundle = bundles.find(({ id }) => id === live.release);
  return { release: live.release, tag: bundle?.tag ?? live.release, slot: live.slot, share: live.share };
}
