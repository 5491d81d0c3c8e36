import type { ReleaseBundle } from "@sluice/core";

/** Ids of the bundles beyond the newest `keep`; never one that is needed. Oldest first. */
export function releasesToPrune(
  bundles: readonly ReleaseBundle[],
  { keep, needed }: { readonly keep: number; readonly needed: ReadonlySet<string> },
): readonly string[] {
  const newestFirst = bundles.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
  return newestFirst
    .slice(Math.max(0, keep))
    .filter(({ id }) => !needed.has(id))
    .map(({ id }) => id)
    .toReversed();
}
