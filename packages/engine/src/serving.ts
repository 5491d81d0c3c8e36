import { liveSlot, type ObservedStack, type ReleaseBundle, type Serving } from "@sluice/core";

/** Which version users reach, judged by the doors; `null` where nothing serves. */
export function servingOf(observed: ObservedStack, bundles: readonly ReleaseBundle[]): Serving | null {
  const live = liveSlot(observed);
  if (!live?.release) return null;
  const bundle = bundles.find(({ id }) => id === live.release);
  return { release: live.release, tag: bundle?.tag ?? live.release, slot: live.slot, share: live.share };
}
