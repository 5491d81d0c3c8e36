import { addressesMeet } from "../../model/host-addresses.ts";
import { isBehindDoor } from "../../model/placement.ts";
import type { PublishedPort, ServiceFacts } from "../../model/service.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { liveSlot } from "../live/live-slot.ts";
import { baseServices } from "../steps/plan-base.ts";
import { deadDoors } from "../steps/plan-previous.ts";

/** Who has ports of the machine: the door of a service, or its containers in base. */
export interface PortHolder {
  readonly service: string;
  readonly place: "door" | "base";
  readonly role: ServiceFacts["role"];
  readonly ports: readonly PublishedPort[];
}

/** A port of the machine that one has, and that another has from the next release on. Both cannot have it at once. */
export interface PortTransfer {
  readonly port: PublishedPort;
  readonly giver: PortHolder;
  readonly taker: PortHolder;
}

/**
 * The ports that change hands between two releases. Pure. What is in base and does not run has none: a person has stopped it so
 * that its port is free. Nor has a door that does not run, unless it is brought back before all else.
 *
 * @param before services of the release that serves; none where there is none or its bundle is gone
 * @param after those of the release that is to serve
 */
export function portTransfers(
  before: readonly ServiceFacts[],
  after: readonly ServiceFacts[],
  observed: ObservedStack,
): readonly PortTransfer[] {
  const [holders, wanted] = [holdersOf(before), holdersOf(after)];
  const { dead } = deadDoors(observed, liveSlot(observed), before);
  const hasItsPorts = ({ service, place }: PortHolder) =>
    place === "door" ? runsAsDoor(service, observed) || dead.includes(service) : runsBeside(service, observed);
  const givers = holders.filter(hasItsPorts);
  return wanted.flatMap((taker) => {
    const own = holders.find((holder) => isSame(holder, taker))?.ports ?? [];
    const taken = taker.ports.filter((port) => own.every((held) => !isEqual(held, port)));
    return taken.flatMap((port) =>
      givers
        .filter((giver) => !isSame(giver, taker) && has(giver, port) && !has(sameOf(giver, wanted), port))
        .map((giver) => ({ port, giver, taker })),
    );
  });
}

/** Whether who gives the port does not just go with the release that has it no more: then it gives way to whoever takes it, see `orphanHeirs`. */
export function isGiven({ giver }: PortTransfer, after: readonly ServiceFacts[]): boolean {
  return giver.place === "door" || after.some(({ active, name }) => active && name === giver.service);
}

function holdersOf(services: readonly ServiceFacts[]): readonly PortHolder[] {
  const active = services.filter((service) => service.active);
  const holder =
    (place: PortHolder["place"]) =>
    ({ name, role, ports }: ServiceFacts) => ({ service: name, place, role, ports });
  return [...active.filter(isBehindDoor).map(holder("door")), ...baseServices(active).map(holder("base"))];
}

/** A port in words, as Compose writes it. */
export function textOfPort({ hostIp, published, protocol }: PublishedPort): string {
  return `${hostIp ? `${hostIp}:` : ""}${published}${protocol === "udp" ? "/udp" : ""}`;
}

function runsAsDoor(service: string, { doors }: ObservedStack): boolean {
  const state = doors[service]?.state ?? "absent";
  return state === "current" || state === "outdated";
}

function runsBeside(service: string, { base, orphans, plain }: ObservedStack): boolean {
  const beside = [...(base[service]?.containers ?? []), ...orphans, ...plain];
  return beside.some((container) => container.service === service && isUp(container));
}

function isUp({ state }: ObservedContainer): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}

function isSame(one: PortHolder, other: PortHolder): boolean {
  return one.service === other.service && one.place === other.place;
}

function sameOf(holder: PortHolder, holders: readonly PortHolder[]): PortHolder | undefined {
  return holders.find((one) => isSame(one, holder));
}

function has(holder: PortHolder | undefined, port: PublishedPort): boolean {
  return holder?.ports.some((held) => meet(held, port)) ?? false;
}

function isEqual(one: PublishedPort, other: PublishedPort): boolean {
  return meet(one, other) && (one.hostIp ?? "") === (other.hostIp ?? "");
}

/** Whether two published ports cannot be had by two containers at once. */
function meet(one: PublishedPort, other: PublishedPort): boolean {
  if (one.published === 0 || one.published !== other.published || one.protocol !== other.protocol) return false;
  return addressesMeet(one.hostIp ?? "", other.hostIp ?? "");
}
