import {
  liveSlot,
  probeEach,
  probeTarget,
  releaseChecks,
  SluiceError,
  type Verdict,
  watchedChecks,
} from "@sluice/core";
import { countTraffic } from "@sluice/engine";
import type { Session } from "./session.ts";
import { liveTarget, watchLive } from "./watch-live.ts";

/**
 * The checks of the release that serves, through the doors as users come; those that watch take as long as they need.
 *
 * @throws SluiceError STATE_UNCLEAR where nothing serves
 */
export async function verifyLive(session: Session, signal?: AbortSignal): Promise<readonly Verdict[]> {
  const [project, ports, config] = await Promise.all([session.project(signal), session.ports(), session.config()]);
  const observed = await ports.observer.observe(project, signal);
  const live = liveSlot(observed);
  if (!live) {
    throw new SluiceError("STATE_UNCLEAR", `nothing of ${observed.stack} serves`, {
      hint: "sluice status shows what is there",
    });
  }
  const { services, model } = project;
  const webs = services.filter(({ active, role, strategy }) => active && role === "web" && strategy === "slots");
  const blocks = await Promise.all(
    webs.map(async (web) => [web.name, (await ports.doors.addresses(model, web))[live.slot]] as const),
  );
  const target = probeTarget({
    slot: live.slot,
    services: services.filter(({ active }) => active),
    containers: observed.slots[live.slot].containers,
    doors: new Map(
      Object.values(observed.doors).flatMap(({ service, containerId }) =>
        containerId ? [[service, containerId]] : [],
      ),
    ),
    addresses: Object.fromEntries(blocks),
    previewSecret: null,
  });
  await countTraffic(observed, ports, signal);
  const checks = releaseChecks(config, services);
  const watched = watchedChecks(config, services);
  const bundles = watched.length > 0 ? await ports.bundles.list() : [];
  const release = bundles.find(({ id }) => id === live.release)?.tag ?? live.release ?? "";
  const { stack, slots } = observed;
  const { containers } = slots[live.slot];
  const watchTarget = liveTarget({ stack, slot: live.slot, release, containers }, ports.clock.now());
  const probed = await probeEach(ports.prober, checks, target, signal);
  return [...probed, ...(await Promise.all(watched.map((check) => watchLive(ports, check, watchTarget, signal))))];
}
