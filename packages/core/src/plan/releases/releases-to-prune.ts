import type { ReleaseBundle } from "../../model/release.ts";
import { newestFirst } from "./match-bundle.ts";

export interface Retention {
  /** Good releases to keep, the newest. */
  readonly keep: number;
  /** Ids that must stay whatever their age: the active one, the previous one, and what they need. */
  readonly needed: ReadonlySet<string>;
  /** Ids of those that were tried and never live, such as by a run that was cancelled: no way back. Default: none. */
  readonly unproven?: ReadonlySet<string> | undefined;
}

/**
 * Ids of releases that may go, oldest first. Broken ones, and those that never were live, take no good one's place; as many of them stay, so
 * that their mark keeps them from being tried again. Pure.
 */
export function releasesToPrune(
  bundles: readonly ReleaseBundle[],
  { keep, needed, unproven }: Retention,
): readonly string[] {
  const sorted = newestFirst(bundles);
  const isGood = ({ id, broken }: ReleaseBundle) => broken === undefined && !unproven?.has(id);
  const good = sorted.filter(isGood).slice(keep);
  const bad = sorted.filter((bundle) => !isGood(bundle)).slice(keep);
  const spare = new Set([...good, ...bad].map(({ id }) => id));
  return sorted
    .map(({ id }) => id)
    .filter((id) => spare.has(id) && !needed.has(id))
    .toReversed();
}

/** Image tags that go with a release: releases of one commit share their images, and what another one uses stays. */
export function spareImageTags(bundles: readonly ReleaseBundle[], id: string): readonly string[] {
  const used = new Set(bundles.flatMap((bundle) => (bundle.id === id ? [] : Object.values(bundle.imageTags))));
  const own = bundles.find((bundle) => bundle.id === id);
  return Object.values(own?.imageTags ?? {}).filter((tag) => !used.has(tag));
}
