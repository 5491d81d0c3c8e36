import {
  isSameRelease,
  liveSlot,
  newestFirst,
  type ProvenRelease,
  promotionObjections,
  type ReleaseBundle,
} from "@sluice/core";
import { lastLiveAt } from "../record/read-attempts.ts";
import { loadOrNull, releaseThatServes } from "../record/stored-release.ts";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";

type Wanted = Pick<DeployRequest, "stack" | "project" | "release">;

/**
 * The very release (same commit and model) that this stack serves or made live before, with images that are on the engine: it
 * has proven itself here, and no other stack has to. `null` where there is none.
 *
 * @throws SluiceError ENGINE_UNREACHABLE, JOURNAL_INVALID
 */
export async function provenHere(
  { stack, project, release }: Wanted,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<ProvenRelease | null> {
  const key = ports.identity.key(release, project.modelHash);
  const bundles = newestFirst(await ports.bundles.list());
  for (const found of bundles.filter((bundle) => isSameRelease(bundle, key, project.services))) {
    if (!(await hasServed(found, project, ports, signal))) continue;
    if ((await ports.images.missing(found.images, signal)).length > 0) continue;
    const stored = await loadOrNull(ports, found.id);
    if (!stored) continue;
    const proven = { stack, bundle: stored.bundle, model: stored.model };
    if (promotionObjections(project, release, proven).length === 0) return proven;
  }
  return null;
}

/** A record may be lost or rebuilt: then what serves tells. */
async function hasServed(
  { id }: ReleaseBundle,
  project: Wanted["project"],
  ports: EnginePorts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if ((await lastLiveAt(ports.journal, id)) !== null) return true;
  const live = liveSlot(await ports.observer.observe(project, signal));
  return (await releaseThatServes(live, ports))?.bundle.id === id;
}
