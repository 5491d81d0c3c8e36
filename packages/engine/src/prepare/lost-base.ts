import {
  isApplication,
  isDone,
  isDown,
  type ObservedContainer,
  type ObservedStack,
  pinnedModel,
  type ServiceFacts,
  type StoredRelease,
  stateText,
} from "@sluice/core";
import { containersInBase, containersOf, isStoppedByHand } from "../run/stopped-by-hand.ts";
import { baseOf } from "./base-as-released.ts";

/**
 * Base services that do not run and come back with a release, by name with the reason: what nobody has a container of any more, and
 * data that is down and that no person stopped. Data that the release which serves defines otherwise is left: it may be another
 * version, or other volumes, and what would run of it then is not what holds the data of now. Proxies and dashboards that are down
 * are left too: one that breaks down by itself is no reason not to go back. Pure.
 */
export function lostBase(
  target: StoredRelease,
  serves: StoredRelease | null,
  observed: ObservedStack,
): Readonly<Record<string, string>> {
  const inBase = containersInBase(observed);
  const all = containersOf(observed);
  const services = baseOf(target.bundle);
  const graceMs = Math.max(0, ...services.map(({ stopGraceMs }) => stopGraceMs));
  const isMeant = (one: ObservedContainer) => one.state === "paused" || isStoppedByHand(one, all, graceMs);
  return Object.fromEntries(
    services.flatMap((service): (readonly [string, string])[] => {
      const { name, role, replicas } = service;
      if (isApplication(role) || replicas === 0 || isOtherData(service, target, serves)) return [];
      const own = inBase.filter((container) => container.service === name);
      if (own.length === 0) return [[name, "no container of it is there"]];
      const down = own.filter(({ state }) => isDown(state) || state === "paused");
      const comesBack = role === "data" && !isDone(service, own) && down.length > 0 && !down.some(isMeant);
      return down[0] && comesBack ? [[name, `${down[0].name} is ${stateText(down[0])}`]] : [];
    }),
  );
}

function isOtherData({ name, role }: ServiceFacts, target: StoredRelease, serves: StoredRelease | null): boolean {
  if (role !== "data") return false;
  if (!serves) return true;
  const runs = serves.bundle.services.some((service) => service.active && service.name === name);
  const definition = (stored: StoredRelease) => JSON.stringify(pinnedModel(stored).services[name]);
  return runs && definition(target) !== definition(serves);
}

/** As `isDone`, of what is to run: a database ends well whenever it is stopped, whatever starts it after that. */
export function isOver(service: ServiceFacts, containers: readonly ObservedContainer[]): boolean {
  return service.role !== "data" && isDone(service, containers);
}
