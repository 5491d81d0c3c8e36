import {
  type ObservedStack,
  type Orphan,
  orphansOf,
  type ReleaseBundle,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";

/**
 * What is in base and does not run in a release, each as the release that serves had it, else as the newest that is stored. Pure.
 *
 * @param bundles newest first
 */
export function findOrphans(
  observed: ObservedStack,
  services: readonly ServiceFacts[],
  serves: StoredRelease | null,
  bundles: readonly ReleaseBundle[],
): readonly Orphan[] {
  const known = [...(serves ? [serves.bundle] : []), ...bundles];
  return orphansOf(
    observed,
    services,
    known.map((bundle) => bundle.services),
    serves?.bundle.services,
  );
}
