import { secretValues } from "@sluice/compose";
import { type BundleStore, storedChecks } from "@sluice/core";
import { checkSecrets } from "./check-secrets.ts";

/**
 * The same store, which tells what is secret of a release as soon as it is loaded: what serves can have other secrets than
 * what is checked out, and says them, and its checks can send others.
 *
 * @param env what its checks send values of
 * @param add from then on these are masked
 */
export function withKnownSecrets(
  store: BundleStore,
  env: Readonly<Record<string, string | undefined>>,
  add: (values: readonly string[]) => void,
): BundleStore {
  return {
    ...store,
    async load(id) {
      const release = await store.load(id);
      add(secretValues(release.model));
      add(checkSecrets({ checks: storedChecks(release.bundle) ?? [] }, env));
      return release;
    },
  };
}
