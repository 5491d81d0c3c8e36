import type { ReleaseBundle, ReleaseRequest } from "../../model/release.ts";
import type { ServiceFacts } from "../../model/service.ts";

/**
 * Finds what a request for a release can use of what is there: the very release, see `isSameRelease`, and those of the
 * same commit whose images may be the ones that are wanted, the newest first; see `hasImagesOf`. Images of a release that
 * failed are none of these, nor are those that were built with uncommitted changes. A dirty tree matches nothing: no commit
 * names what is in it.
 */
export function matchBundle(
  bundles: readonly ReleaseBundle[],
  request: ReleaseRequest,
  key: string,
  services: readonly ServiceFacts[],
): { readonly same: ReleaseBundle | null; readonly sameCommit: readonly ReleaseBundle[] } {
  if (request.dirty) return { same: null, sameCommit: [] };
  // The newest: where images had been lost, it is the one that was built anew.
  const sorted = newestFirst(bundles);
  const same = sorted.find((bundle) => isSameRelease(bundle, key, services)) ?? null;
  const sameCommit = sorted.filter((bundle) => isOfCommit(bundle, request.commit) && !bundle.broken);
  return { same, sameCommit };
}

/** Whether a commit names what a bundle holds. Pure. */
export function isOfCommit(bundle: Pick<ReleaseBundle, "commit" | "dirty">, commit: string | null): boolean {
  return commit !== null && bundle.commit === commit && !bundle.dirty;
}

/** Whether a bundle is of the same commit and model, and of the same active services: the model has those of all profiles. Pure. */
export function isSameRelease(
  bundle: Pick<ReleaseBundle, "key" | "services">,
  key: string,
  services: readonly ServiceFacts[],
): boolean {
  return bundle.key === key && runNames(bundle.services) === runNames(services);
}

/** Tools are not for a release to start: whether one is active makes no other of it. */
function runNames(services: readonly ServiceFacts[]): string {
  const run = services.filter(({ active, role }) => active && role !== "tool");
  return JSON.stringify(run.map(({ name }) => name).toSorted());
}

/** Finds a bundle by id, by a unique beginning of its id, or by tag (the newest that bears it). */
export function findBundle(bundles: readonly ReleaseBundle[], name: string): ReleaseBundle | null {
  const sorted = newestFirst(bundles);
  const exact =
    bundles.find(({ id }) => id === name) ?? sorted.find(({ tag, tags }) => tag === name || tags.includes(name));
  if (exact) return exact;
  const beginning = bundles.filter(({ id }) => id.startsWith(name));
  return beginning.length === 1 ? (beginning[0] ?? null) : null;
}

/** Bundles by age. Times are ISO 8601 in UTC, which sorts as it stands; a collation by language would cost 10 ms for its tables alone. */
export function newestFirst(bundles: readonly ReleaseBundle[]): readonly ReleaseBundle[] {
  return bundles.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
}
