import { isBehindDoor } from "../model/placement.ts";
import { listenPorts, protocolAt, type ServiceFacts } from "../model/service.ts";
import type { ObservedDoor, ObservedStack } from "../model/stack.ts";

/**
 * Web services that listen elsewhere, or otherwise, in the release `after` than in the one before: no door can lead to
 * both, as it reaches every slot at the same ports.
 */
export function movedPorts(before: readonly ServiceFacts[], after: readonly ServiceFacts[]): readonly string[] {
  return after.filter(isBehindDoor).flatMap((service) => {
    const old = before.filter(isBehindDoor).find(({ name }) => name === service.name);
    return old && (listening(old) !== listening(service) || speaksOtherwise(old, service)) ? [service.name] : [];
  });
}

/**
 * The same where the release before is not stored: whatever is otherwise with a door that users come through may be where it
 * listens.
 */
export function maybeMovedPorts(doors: ObservedStack["doors"], after: readonly ServiceFacts[]): readonly string[] {
  const mayMove = (door: ObservedDoor | undefined) => door?.state === "outdated" && !door.isUnreached;
  return after.filter((service) => isBehindDoor(service) && mayMove(doors[service.name])).map(({ name }) => name);
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

/** Where a service listens inside its container, and what it speaks there; published ports may change without anyone losing the way. */
function listening(service: ServiceFacts): string {
  return JSON.stringify([service.port, listenPorts(service).map((port) => [port, protocolAt(service, port)])]);
}

/** One that expects the PROXY protocol answers nobody without it, nor the other way round. A release of before does not say what it expects. */
function speaksOtherwise({ proxyProtocol: before }: ServiceFacts, { proxyProtocol: after }: ServiceFacts): boolean {
  return before !== undefined && after !== undefined && before.out !== after.out;
}
