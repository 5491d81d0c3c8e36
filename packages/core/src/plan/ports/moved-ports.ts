import { isBehindDoor } from "../../model/placement.ts";
import { listenPorts, protocolAt, type ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";

/** Web services that no door can lead to in both releases, each with the reason, in words. */
export type MovedPorts = Readonly<Record<string, string>>;

/**
 * Web services that listen elsewhere, or otherwise, in the release `after` than in the one before: no door can lead to
 * both, as it reaches every slot at the same ports. Pure.
 */
export function movedPorts(before: readonly ServiceFacts[], after: readonly ServiceFacts[]): MovedPorts {
  const old = new Map(before.filter(isBehindDoor).map((service) => [service.name, service]));
  const entries = after.filter(isBehindDoor).flatMap((service) => {
    const then = old.get(service.name);
    const causes = then ? differences(then, service) : [];
    return causes.length > 0 ? [[service.name, causes.join(", and ")] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * The same where the release before is not stored: whatever is otherwise with a door that users come through may be where it
 * listens. Pure.
 */
export function maybeMovedPorts(doors: ObservedStack["doors"], after: readonly ServiceFacts[]): MovedPorts {
  const entries = after.filter(isBehindDoor).flatMap(({ name }) => {
    const door = doors[name];
    if (door?.state !== "outdated" || door.isUnreached) return [];
    const what = door.reason ? ` (${door.reason})` : "";
    return [[name, `its door changes${what}, and nothing tells where it listened before`] as const];
  });
  return Object.fromEntries(entries);
}

/** Services whose doors give way to the door of another one, by the name of that other. */
export type Heirs = Readonly<Record<string, readonly string[]>>;

/**
 * Web services of the release `after` that the one before has not, and that publish a port of a service that goes: as
 * one that was renamed. Two doors cannot hold that port at once.
 */
export function portHeirs(before: readonly ServiceFacts[], after: readonly ServiceFacts[]): Heirs {
  const [old, next] = [before.filter(isBehindDoor), after.filter(isBehindDoor)];
  const gone = old.filter(({ name }) => next.every((service) => service.name !== name));
  const entries = next.flatMap((service) => {
    if (old.some(({ name }) => name === service.name)) return [];
    const held = publishedPorts(service);
    const giving = gone.filter((one) => publishedPorts(one).some((port) => held.includes(port)));
    return giving.length > 0 ? [[service.name, giving.map(({ name }) => name)] as const] : [];
  });
  return Object.fromEntries(entries);
}

const publishedPorts = ({ ports }: ServiceFacts) =>
  ports.flatMap(({ published, protocol }) => (protocol === "tcp" && published !== 0 ? [published] : []));

/** What keeps a door from leading to both, in words. */
function differences(before: ServiceFacts, after: ServiceFacts): readonly string[] {
  return [
    ...spokenOtherwise(before, after),
    ...(listening(before) === listening(after) ? [] : ["it listens on other ports than before"]),
    ...proxyDifference(before, after),
  ];
}

/** At ports of both; what changes alike at all of them is told once. */
function spokenOtherwise(before: ServiceFacts, after: ServiceFacts): readonly string[] {
  const then = new Set(listenPorts(before));
  const shared = listenPorts(after).filter((port) => then.has(port));
  const changes = shared
    .map((port) => ({ port, now: protocolAt(after, port), was: protocolAt(before, port) }))
    .filter(({ now, was }) => now !== was);
  const kinds = new Set(changes.map(({ now, was }) => `it speaks ${now}, and spoke ${was} before`));
  if (changes.length === shared.length && kinds.size === 1) return [...kinds];
  return changes.map(({ port, now, was }) => `it speaks ${now} at ${port}, and spoke ${was} there before`);
}

/** Where a service listens inside its container; published ports may change without anyone losing the way. */
function listening(service: ServiceFacts): string {
  return JSON.stringify([service.port, listenPorts(service)]);
}

/** One that expects the PROXY protocol answers nobody without it, nor the other way round. A release of before does not say what it expects. */
function proxyDifference({ proxyProtocol: before }: ServiceFacts, { proxyProtocol: after }: ServiceFacts) {
  if (before === undefined || after === undefined || before.out === after.out) return [];
  return [`it expects the PROXY protocol${after.out ? ", and did not before" : " no more"}`];
}
