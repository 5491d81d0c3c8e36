import { liveSlot, type ObservedStack, type ReleaseBundle, runsInBase, type Serving } from "@sluice/core";

/**
 * Which version users reach, judged by the doors; `null` where nothing serves. Where no door leads anywhere, what runs in a slot
 * may be left over: the likeliest release goes before it if all of that runs in base.
 *
 * @param inBase ids of releases that may serve where there is no slot, the likeliest first: see `runsInBase`. Default: none
 */
export function servingOf(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  inBase: readonly (string | null | undefined)[] = [],
): Serving | null {
  const live = liveSlot(observed);
  const isLed = Object.values(observed.doors).some(({ routing }) => routing !== null && routing.stable !== null);
  const likely = live ? inBase.slice(0, isLed ? 0 : 1) : inBase;
  const found = likely.map((id) => bundles.find((bundle) => bundle.id === id));
  const beside = found.find((one) => one && runsInBase(one, observed));
  if (beside) return { release: beside.id, tag: beside.tag, slot: null, share: 100 };
  if (!live?.release) return null;
  const bundle = bundles.find(({ id }) => id === live.release);
  return { release: live.release, tag: bundle?.tag ?? live.release, slot: live.slot, share: live.share };
}
