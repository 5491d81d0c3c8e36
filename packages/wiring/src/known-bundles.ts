import { secretValues } from "@sluice/compose";
import type { BundleStore } from "@sluice/core";

/**
 * The same store, which tells what is secret of a release as soon as it is loaded: what serves can have other secrets than
 * what is checked out, and says them.
 *
 * @param add from then on these are masked
 */
export function withKnownSecrets(store: BundleStore, add: (values: readonly string[]) => void): BundleStore {
  return {
    ...store,
    async load(id) {
      const release = await store.load(id);
      add(secretValues(release.model));
      return release;
    },
  };
}
