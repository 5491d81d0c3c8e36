import { releasesToPrune } from "@sluice/core";
import { pruneRelease, releasesInUse, unprovenReleases } from "@sluice/engine";
import { assertOwnStack } from "./project/assert-own-stack.ts";
import { recordUpkeep, upkeepParts } from "./record/upkeep.ts";
import type { Session } from "./session.ts";

/**
 * Removes releases beyond retention that nobody needs: no slot, not what serves, and not the way back. Resolves with their
 * ids, oldest first; they are in the record, also those of before it failed. Kept logs of as many deployments stay.
 *
 * @throws SluiceError HOME_MISMATCH
 */
export async function pruneReleases(session: Session, signal?: AbortSignal): Promise<readonly string[]> {
  const [project, ports, config] = await Promise.all([session.project(signal), session.ports(), session.config()]);
  await assertOwnStack(session);
  const [observed, bundles] = await Promise.all([ports.observer.observe(project, signal), ports.bundles.list()]);
  const [needed, unproven] = await Promise.all([
    releasesInUse(observed, bundles, ports),
    unprovenReleases(ports.journal),
  ]);
  const ids = releasesToPrune(bundles, { keep: config.releases.keep, needed, unproven });
  const releases: string[] = [];
  try {
    for (const id of ids) {
      await pruneRelease(ports, id);
      releases.push(id);
    }
  } finally {
    await recordUpkeep(await upkeepParts(session), { type: "releases-pruned", releases });
  }
  await ports.logs.prune(config.releases.keep);
  return releases;
}
