import { type DoorRouting, otherSlot, type ServiceFacts, type Slot } from "@sluice/core";
import { containersIn, isUp, type WorldState } from "./state.ts";

/**
 * How many of a hundred users of a service reach which release. `plain` is what Compose ran before, `lost` is
 * nobody, `none` that the release they are led to has no such service.
 */
export type Reach = Readonly<Record<string, number>>;

/** Who reaches what, now: by service, computed from what the doors say and which containers are ready. */
export function usersOf(state: WorldState): Readonly<Record<string, Reach>> {
  const webs = new Set([
    ...[...state.doors.values()].filter(({ kind }) => kind === "door").map(({ service }) => service),
    ...[...state.containers.values()].filter(({ facts }) => facts.role === "web").map(({ service }) => service),
  ]);
  return Object.fromEntries([...webs].toSorted().map((service) => [service, reachOf(state, service)]));
}

function reachOf(state: WorldState, service: string): Reach {
  const door = publicDoor(state, service);
  if (!door) return { [withoutDoor(state, service)]: 100 };
  const { share, salt } = door.routing;
  const [inShare, others] = [
    targetOf(state, service, door.routing, true),
    targetOf(state, service, door.routing, false),
  ];
  const reach: Record<string, number> = {};
  for (let bucket = 0; bucket < 10_000; bucket += 100) {
    const name = (bucket + salt) % 10_000 < share * 100 ? inShare : others;
    reach[name] = (reach[name] ?? 0) + 1;
  }
  return reach;
}

function withoutDoor(state: WorldState, service: string): string {
  if (containersIn(state, "plain", service).some(isUp)) return "plain";
  if (containersIn(state, "base", service).some(isUp)) return "base";
  if (hasHeirInBase(state, service)) return "base";
  const doors = [...state.doors.values()].filter((door) => door.kind === "door" && isPublic(door));
  const isLed = doors.some(({ ports }) => portsOf(state, service).some((port) => ports.includes(port)));
  if (isLed) return "none";
  return doors.length > 0 && doors.every(({ routing }) => isDropped(state, service, routing)) ? "none" : "lost";
}

/** What is in base has a port of the service: whoever came in there comes to that. */
function hasHeirInBase(state: WorldState, service: string): boolean {
  return containersIn(state, "base").some((container) => isUp(container) && sharesPort(state, service, container));
}

/** Whether users of a service may come to a container that is not of it, as it has a port of it. */
export function sharesPort(state: WorldState, service: string, { facts }: { readonly facts: ServiceFacts }): boolean {
  return portsOf(state, service).some((port) => facts.ports.some(({ published }) => published === port));
}

function portsOf(state: WorldState, service: string): readonly number[] {
  const own = [...state.containers.values()].filter((one) => one.service === service);
  return own.flatMap(({ facts }) => facts.ports.map(({ published }) => published));
}

/** The stable slot takes over for a dead candidate, never the other way round at share 0. */
function targetOf(state: WorldState, service: string, routing: DoorRouting, isInShare: boolean): string {
  const { stable, share } = routing;
  if (stable === null) return isTakenAway(state, service) ? "none" : "lost";
  const door = publicDoor(state, service);
  // A door reaches every slot at the ports that it listens on itself, and speaks to both in the same way.
  const isReached = ({ facts: { port, proxyProtocol } }: { readonly facts: ServiceFacts }) =>
    (port === null || door?.listen.includes(port) === true) &&
    (proxyProtocol === undefined || door?.sendsProxy === proxyProtocol.out);
  const server = (slot: Slot) =>
    containersIn(state, slot, service).find((container) => isUp(container) && isReached(container))?.release;
  const candidate = server(otherSlot(stable));
  const found = (isInShare ? candidate : undefined) ?? server(stable) ?? (share > 0 ? candidate : undefined);
  return found ?? (isDropped(state, service, routing) ? "none" : "lost");
}

/** The door is of a release that is taken back: another one leads to the release before, which has no such service. */
function isTakenAway(state: WorldState, service: string): boolean {
  return [...state.doors.values()].some((door) => {
    const { stable } = door.routing;
    if (stable === null || !isPublic(door) || containersIn(state, stable, service).length > 0) return false;
    return containersIn(state, stable, door.service).some(isUp);
  });
}

function publicDoor(state: WorldState, service: string) {
  return [...state.doors.values()].find((door) => door.service === service && door.kind === "door" && isPublic(door));
}

export function isPublic({ running, dark }: { readonly running: boolean; readonly dark: boolean }): boolean {
  return running && !dark;
}

/** The release that this door leads to has no such service: nobody can be lost there. */
function isDropped(state: WorldState, service: string, { stable, share }: DoorRouting): boolean {
  if (stable === null) return false;
  const slot = share === 100 ? otherSlot(stable) : stable;
  const release = containersIn(state, slot).find((container) => container.release !== null)?.release;
  const services = release ? state.bundles.get(release)?.bundle.services : undefined;
  return services !== undefined && !services.some(({ name, active }) => name === service && active);
}
