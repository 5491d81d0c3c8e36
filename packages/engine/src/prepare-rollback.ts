import {
  findBundle,
  liveSlot,
  type ObservedStack,
  planDeployment,
  planWarmRollback,
  type ReleaseBundle,
  SluiceError,
  warmRelease,
} from "@sluice/core";
import { readAttempts } from "./journal-entries.ts";
import type { PreparedDeployment, RollbackRequest } from "./requests.ts";
import type { EnginePorts } from "./scope.ts";
import { loadOrNull } from "./stored-release.ts";

/** The plan of going back: a change of route where the release is warm, the gates of a deployment where it is not. */
export async function prepareRollback(
  request: RollbackRequest,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<PreparedDeployment> {
  const { project, config } = request;
  const [observed, bundles] = await Promise.all([ports.observer.observe(project, signal), ports.bundles.list()]);
  const live = liveSlot(observed);
  const target = request.to ? findBundle(bundles, request.to) : await releaseBefore(observed, bundles, ports);
  if (!target) {
    const message = request.to
      ? `no release ${JSON.stringify(request.to)} is stored`
      : "no release was live before the one that serves";
    throw new SluiceError(request.to ? "RELEASE_UNKNOWN" : "NOTHING_TO_ROLL_BACK", message, {
      hint: "sluice history shows the releases there are",
    });
  }
  const release = await ports.bundles.load(target.id);
  const previousRelease = live?.release ? await loadOrNull(ports, live.release) : null;
  const common = { observed, bundles, source: null, release, previousRelease };
  if (live?.release === target.id)
    return { ...common, plan: { kind: "rollback", candidate: live.slot, previous: null, steps: [] } };
  const webs = target.services.filter(
    (service) => service.active && service.role === "web" && service.strategy === "slots",
  );
  if (
    warmRelease(
      observed,
      webs.map(({ name }) => name),
    ) === target.id
  ) {
    return { ...common, plan: planWarmRollback(target.services, config, observed) };
  }
  const missing = await ports.images.missing(target.images, signal);
  if (missing.length > 0) {
    throw new SluiceError(
      "IMAGE_MISSING",
      `release ${target.tag} cannot come back: the image of ${missing.join(", ")} is gone from the engine`,
      {
        hint: `publish a release from ${target.commit ?? "its commit"}: it is built anew`,
      },
    );
  }
  const plan = planDeployment(
    {
      tag: target.tag,
      services: target.services,
      config,
      bundleId: target.id,
      imagesOf: null,
      wasLive: true,
      prunable: [],
    },
    observed,
  );
  return { ...common, plan: { ...plan, kind: "rollback" } };
}

/** The release that was live before the one that serves: the idle slot's, else by the journal. */
async function releaseBefore(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  ports: EnginePorts,
): Promise<ReleaseBundle | null> {
  const live = liveSlot(observed);
  if (!live) return null;
  const attempts = await readAttempts(ports.journal);
  const lived = attempts.flatMap(({ end: ending }) =>
    ending?.outcome === "live" && ending.release ? [ending.release] : [],
  );
  const before = lived.findLast((id) => id !== live.release);
  return bundles.find(({ id }) => id === before) ?? null;
}
