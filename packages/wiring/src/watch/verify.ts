import {
  answersChecks,
  type Check,
  isBehindDoor,
  type ObservedStack,
  probeEach,
  probeTarget,
  releaseChecks,
  type ServiceFacts,
  SluiceError,
  type Verdict,
  watchedChecks,
} from "@sluice/core";
import { countTraffic } from "@sluice/engine";
import type { Session } from "../session.ts";
import { findServing } from "../status/find-serving.ts";
import { doorVerdicts } from "./door-verdicts.ts";
import { liveTarget, watchedContainers, watchLive } from "./watch-live.ts";

/**
 * Whether each door lets users in, then the checks of the release that serves, through the doors as users come, and where it runs of
 * what is in base; those that watch take as long as they need.
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
  const { services, isAhead, ports, config, observed, slot, release, target, aside } = serving;
  await countTraffic(observed, ports, signal);
  const checks = [...releaseChecks(config, services), ...answersChecks(config, services)].filter(
    ({ service }) => !isAhead(service),
  );
  const watched = watchedChecks(config, services).filter((check) => !check.services.some(isAhead));
  const now = ports.clock.now();
  const asked = watched.map((check) => {
    const containers = watchedContainers(check, serving);
    return { check, target: liveTarget({ stack: observed.stack, slot, release, containers }, now) };
  });
  const [loads, quiet] = [checks.filter(isLoad), checks.filter((check) => !isLoad(check))];
  const probed = [
    ...(await probeEach(ports.prober, quiet, isSplit(observed) ? aside : target, signal)),
    // So many requests are counted apart from those of users.
    ...(await probeEach(ports.prober, loads, aside, signal)),
  ];
  const seen = await Promise.all(asked.map((one) => watchLive(ports, one.check, one.target, signal)));
  // Asked last, shown first: a door needs some seconds to see that its servers are down, and is not news of the next run then.
  const doors = await doorVerdicts(observed, services, ports, signal);
  return [...doors, ...probed, ...seen];
}

/** What is live can reach outside, by the checks `reachable`; nothing where nothing serves. */
export async function probeDependencies(
  session: Session,
  signal?: AbortSignal,
): Promise<readonly { readonly service: string; readonly verdict: Verdict }[]> {
  const { checks } = await session.config();
  const serving = checks.some(({ reachable }) => reachable) ? await openServing(session, signal) : null;
  if (!serving) return [];
  const { ports, config, services, isAhead, target } = serving;
  const reachable = releaseChecks(config, services).filter(
    ({ type, service }) => type === "reachable" && !isAhead(service),
  );
  return Promise.all(
    reachable.map(async (check) => ({
      service: check.service,
      verdict: await ports.prober.probe(check, target, signal),
    })),
  );
}

function isOf(services: readonly ServiceFacts[], name: string): boolean {
  return services.some((service) => service.name === name);
}

function isLoad({ type }: Check): boolean {
  return type === "load";
}

/** A request without a bucket may reach either slot. */
function isSplit({ doors }: ObservedStack): boolean {
  return Object.values(doors).some(({ routing }) => routing !== null && routing.share > 0);
}

/**
 * What serves, ready to be asked; `null` where nothing does. Services are those of its release: what is checked out may
 * be ahead of it.
 */
async function openServing(session: Session, signal: AbortSignal | undefined) {
  const [project, ports, config, found] = await Promise.all([
    session.project(signal),
    session.ports(),
    session.config(),
    findServing(session, signal),
  ]);
  if (!found) return null;
  const { observed, live, stored } = found;
  // Without a slot it is only a word: no door leads to what is in base.
  const slot = live?.slot ?? "blue";
  const services = stored?.bundle.services ?? project.services;
  const model = stored?.model ?? project.model;
  const { previewSecret } = await session.facts();
  const webs = services.filter(isBehindDoor);
  const blocks = await Promise.all(
    webs.map(async (web) => [web.name, (await ports.doors.addresses(model, web, slot))[slot]] as const),
  );
  const inSlot = live ? observed.slots[live.slot].containers : [];
  const inBase = Object.values(observed.base).flatMap(({ containers }) => containers);
  const facts = {
    slot,
    services: services.filter(({ active }) => active),
    containers: [...inSlot, ...inBase],
    doors: new Map(
      Object.values(observed.doors).flatMap(({ service, containerId }) =>
        containerId ? [[service, containerId]] : [],
      ),
    ),
    addresses: Object.fromEntries(blocks),
    proxyProtocol: config.traffic.proxyProtocol.in,
  };
  return {
    services,
    /** Whether a service is written down and not released yet: a check of it has nothing to look at. */
    isAhead: (name: string) => !isOf(services, name) && isOf(project.services, name),
    ports,
    config,
    observed,
    slot,
    /** Its tag. */
    release: stored?.bundle.tag ?? live?.release ?? "",
    /** Its containers in the slot, or in base. */
    containers: live ? inSlot : inBase,
    /** Those in base beside the slot. */
    elsewhere: live ? inBase : [],
    /** As users come. */
    target: probeTarget({ ...facts, previewSecret: null }),
    /** Through the same door, to the slot by its name, and not counted as users. */
    aside: probeTarget({ ...facts, previewSecret }),
  };
}
