import { releasesToPrune } from "@sluice/release";
import type { Session } from "./session.ts";

/** Removes releases beyond retention that no slot needs: their bundles and the tags that kept their images. */
export async function pruneReleases(session: Session, signal?: AbortSignal): Promise<readonly string[]> {
  const [ports, project, config] = await Promise.all([session.ports(), session.project(signal), session.config()]);
  const [observed, bundles] = await Promise.all([ports.observer.observe(project, signal), ports.bundles.list()]);
  const needed = new Set([observed.slots.blue.release, observed.slots.green.release].filter((id) => id !== null));
  const ids = releasesToPrune(bundles, { keep: config.releases.keep, needed });
  for (const id of ids) {
    const { bundle } = await ports.bundles.load(id);
    await ports.images.removeTags(Object.values(bundle.imageTags));
    await ports.bundles.remove(id);
  }
  return ids;
}
