import { releasesToPrune } from "@sluice/core";
import { neededReleases, pruneRelease } from "@sluice/engine";
import type { Session } from "./session.ts";

/** Removes releases beyond retention that no slot needs. Resolves with their ids, oldest first. */
export async function pruneReleases(session: Session, signal?: AbortSignal): Promise<readonly string[]> {
  const [project, ports, config] = await Promise.all([session.project(signal), session.ports(), session.config()]);
  const [observed, bundles] = await Promise.all([ports.observer.observe(project, signal), ports.bundles.list()]);
  const ids = releasesToPrune(bundles, { keep: config.releases.keep, needed: neededReleases(observed) });
  for (const id of ids) await pruneRelease(ports, id);
  return ids;
}
