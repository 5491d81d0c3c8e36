import { type ReleaseConfig, type ServiceFacts, type StoredRelease, withSettings } from "@sluice/core";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";

/** A stored release as it is deployed now. */
export interface AskedRelease {
  readonly release: StoredRelease;
  /** Its services, where it is stored with others: what was made of those may still be a way back, until these are live. */
  readonly changedServices?: readonly ServiceFacts[] | undefined;
}

/**
 * A stored release with its services as they are configured now, and with what its images say of a start: what is no part of its
 * commit may say otherwise of them than when it was stored. Of the one that serves they are as its doors and places are.
 *
 * @param serves id of the release that serves; `null` where none does
 * @throws SluiceError RELEASE_REFUSED where an image in slots keeps data in a volume that no later slot would have
 */
export async function asAsked(
  stored: StoredRelease,
  serves: string | null,
  { project, config }: Pick<DeployRequest, "project"> & { readonly config: ReleaseConfig },
  ports: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<AskedRelease> {
  if (stored.bundle.id === serves) return { release: { ...stored, bundle: withSettings(stored.bundle, config) } };
  return withServices(stored, await ports.images.facts(project, stored.bundle.images, signal), config);
}

/** A stored release with services as they are now. Pure. */
export function withServices(
  stored: StoredRelease,
  services: readonly ServiceFacts[],
  config: ReleaseConfig,
): AskedRelease {
  const release = { ...stored, bundle: withSettings(stored.bundle, config) };
  const bundle = withSettings({ ...stored.bundle, services }, config);
  if (JSON.stringify(bundle.services) === JSON.stringify(release.bundle.services)) return { release };
  return { release: { ...stored, bundle }, changedServices: bundle.services };
}
