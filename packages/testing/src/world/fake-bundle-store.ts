import { type BundleStore, SluiceError, type StoredRelease } from "@sluice/core";
import type { FakeContext } from "./context.ts";

export function fakeBundleStore({ act, state }: FakeContext): BundleStore {
  const find = (id: string): StoredRelease => {
    const found = state.bundles.get(id);
    if (found) return found;
    throw new SluiceError("RELEASE_UNKNOWN", `no release ${id} is stored`);
  };
  return {
    list: () => act("bundles.list", undefined, () => [...state.bundles.values()].map(({ bundle }) => bundle)),
    load: (id) => act(`bundles.load ${id}`, undefined, () => find(id)),
    save: (bundle, model) =>
      act(`bundles.save ${bundle.id}`, undefined, () => {
        const stored = { bundle, model, filesDir: `/bundles/${bundle.id}/files` };
        state.bundles.set(bundle.id, stored);
        state.copies.set(stored.filesDir, new Map(state.files));
        return stored;
      }),
    update: (id, change) =>
      act(`bundles.update ${id}`, undefined, () => {
        const stored = find(id);
        state.bundles.set(id, { ...stored, bundle: { ...stored.bundle, ...change } });
      }),
    remove: (id) => act(`bundles.remove ${id}`, undefined, () => void state.bundles.delete(id)),
    sweep: () => act("bundles.sweep", undefined, () => undefined),
  };
}
