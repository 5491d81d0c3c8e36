import {
  liveSlot,
  matchBundle,
  type ObservedStack,
  planDeployment,
  type ReleaseBundle,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { readAttempts } from "./journal-entries.ts";
import { assertReady } from "./preflight.ts";
import type { DeployRequest, PreparedDeployment } from "./requests.ts";
import type { EnginePorts } from "./scope.ts";
import { loadOrNull } from "./stored-release.ts";

/** The plan of a deployment, without any change. @throws SluiceError when it would be refused */
export async function prepareDeploy(
  request: DeployRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment> {
  const { project, release: wanted, config } = request;
  const [observed, bundles, attempts] = await Promise.all([
    ports.observer.observe(project, signal),
    ports.bundles.list(),
    readAttempts(ports.journal),
    assertReady(request, ports, signal),
  ]);
  const key = ports.identity.key(wanted, project.modelHash);
  const { same, images } = matchBundle(bundles, wanted, key);
  if (same?.broken && !request.retry) {
    throw new SluiceError("RELEASE_BROKEN", `release ${same.tag} failed on ${same.broken.at}: ${same.broken.reason}`, {
      hint: "publish a fix as a new release, or try this one again with --retry",
    });
  }
  const missing = same ? await ports.images.missing(same.images, signal) : [];
  const usable = same && missing.length === 0 ? same : null;
  const wentLive = new Set(
    attempts.flatMap(({ end: ending }) => (ending?.outcome === "live" && ending.release ? [ending.release] : [])),
  );
  const live = liveSlot(observed);
  const plan = planDeployment(
    {
      tag: wanted.tag,
      services: project.services,
      config,
      bundleId: usable?.id ?? null,
      imagesOf: images?.tag ?? null,
      wasLive: usable !== null && wentLive.has(usable.id),
      prunable: prunable(bundles, observed, usable?.id ?? null, config.releases.keep),
      replaceDoors: request.replaceDoors,
    },
    observed,
  );
  return {
    plan,
    observed,
    bundles,
    source: usable
      ? null
      : { project, request: wanted, key, imagesOf: images ? await loadOrNull(ports, images.id) : null },
    release: usable ? await nameRelease(ports, usable, wanted.tag) : null,
    previousRelease: live?.release ? await loadOrNull(ports, live.release) : null,
  };
}

/** A tag is one more name for a release that is there already. */
async function nameRelease(ports: EnginePorts, bundle: ReleaseBundle, tag: string): Promise<StoredRelease> {
  if (!bundle.tags.includes(tag)) await ports.bundles.update(bundle.id, { tags: [...bundle.tags, tag] });
  return ports.bundles.load(bundle.id);
}

function prunable(
  bundles: readonly ReleaseBundle[],
  observed: ObservedStack,
  wanted: string | null,
  keep: number,
): readonly string[] {
  const needed = new Set([wanted, observed.slots.blue.release, observed.slots.green.release]);
  const newestFirst = bundles.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return newestFirst.slice(keep).flatMap(({ id }) => (needed.has(id) ? [] : [id]));
}
