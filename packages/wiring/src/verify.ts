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
  const serving = await openServing(session, signal);
  if (!serving) {
    throw new SluiceError("STATE_UNCLEAR", `nothing of ${await session.stack()} serves`, {
      hint: "sluice status shows what is there",
    });
  }
  const { project, ports, config, observed, live, target } = serving;
  const { services } = project;
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

/** What the live slot can reach outside, by the checks `reachable`; nothing where nothing serves. */
export async function probeDependencies(
  session: Session,
  signal?: AbortSignal,
): Promise<readonly { readonly service: string; readonly verdict: Verdict }[]> {
  const [config, project] = await Promise.all([session.config(), session.project(signal)]);
  const checks = releaseChecks(config, project.services).filter(({ type }) => type === "reachable");
  const serving = checks.length > 0 ? await openServing(session, signal) : null;
  if (!serving) return [];
  const { ports, target } = serving;
  return Promise.all(
    checks.map(async (check) => ({ service: check.service, verdict: await ports.prober.probe(check, target, signal) })),
  );
}

/** The slot that serves, ready to be asked; `null` where nothing does. */
async function openServing(session: Session, signal: AbortSignal | undefined) {
  const [project, ports, config] = await Promise.all([session.project(signal), session.ports(), session.config()]);
  const observed = await ports.observer.observe(project, signal);
  const live = liveSlot(observed);
  if (!live) return null;
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
    proxyProtocol: config.traffic.proxyProtocol.in,
  });
  return { project, ports, config, observed, live, target };
}
