import { type ComposeModel, labels, type ServiceFacts, type Slot, SluiceError, slots } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, listContainers, listSlot } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { linkedNetworks } from "../model/networks.ts";
import { ensureLink, type Link, listLinks } from "../networks/links.ts";
import { fixedAddresses, type SubnetPool } from "../networks/subnets.ts";

export type DoorAddresses = Readonly<Record<Slot, readonly string[]>>;

/** What is known of doors that have addresses already: by the label of a container, or given out by this process. */
export interface GivenAddresses {
  readonly service: string;
  readonly addresses: DoorAddresses;
  /** Containers of a slot have them. Default: false. */
  readonly isHeld?: boolean | undefined;
}

/** Room for the replicas there are and as many again, so that scaling up seldom needs another door. */
function capacityFor(replicas: number): number {
  return Math.max(8, replicas * 2);
}

/**
 * The addresses of a service on a link: those it has there, and where they are too few for its replicas free ones; `undefined`
 * where there are not enough. It gets room for more replicas only while that leaves as much for the services that come after it.
 * Pure.
 *
 * @param given addresses of other services
 */
export function blockWith(
  own: readonly string[],
  fixed: readonly string[],
  given: readonly string[],
  replicas: number,
): readonly string[] | undefined {
  const needed = Math.max(1, replicas);
  if (own.length >= needed) return own;
  const used = new Set([...own, ...given]);
  const free = fixed.filter((address) => !used.has(address));
  const spacious = capacityFor(replicas) - own.length;
  const more = spacious * 2 <= free.length ? spacious : needed - own.length;
  return more > free.length ? undefined : [...own, ...free.slice(0, more)];
}

export interface AddressRequest {
  readonly model: ComposeModel;
  readonly service: ServiceFacts;
  /** Where the release of the model is, or will be. */
  readonly slot: Slot;
  /** What is known of this service and of others, what counts most first. */
  readonly given: readonly GivenAddresses[];
  /** Whether containers are made anew in the slot of the release. Default: false. */
  readonly anew?: boolean | undefined;
}

/**
 * Fixed addresses for the replicas of a service in each slot. In the slot of the release they lie on the link of a network
 * that the service is on: where it has some already, else on the first (in the order of their names). Those that its containers have
 * on another link of that slot, as of a network that an earlier Sluice carried there, stay until they are made anew. In the other slot,
 * where another release may serve, they stay on whatever link they are: its containers have them. Addresses that are there
 * are never given up for more room. Makes links that are not there.
 *
 * @throws SluiceError SUBNET_EXHAUSTED when the link has no room
 */
export async function chooseAddresses(
  engine: Engine,
  pool: SubnetPool,
  { model, service, slot, given, anew = false }: AddressRequest,
): Promise<DoorAddresses> {
  const keys = linkedNetworks(model, [service]).toSorted();
  const [key] = keys;
  if (key === undefined) {
    throw new SluiceError("SERVICE_REFUSED", `service ${service.name} is on no network: no door can lead to it`);
  }
  const links = await listLinks(engine, model.name);
  const [mine, others] = [true, false].map((isMine) =>
    given.filter((one) => (one.service === service.name) === isMine),
  );
  const chosen: Partial<Record<Slot, readonly string[]>> = {};
  const homesOn = (name: Slot, usable: readonly Link[]) =>
    (mine ?? []).flatMap(({ addresses: { [name]: own } }) =>
      usable.flatMap((link) => (isOn(link, own) ? [{ link, own }] : [])),
    );
  for (const name of slots) {
    const ofSlot = links.filter((link) => link.slot === name);
    const usable = ofSlot.filter(({ key: carried }) => name !== slot || keys.includes(carried));
    const held = ofSlot.filter(
      (link) => !anew && (mine ?? []).some(({ isHeld, addresses }) => isHeld && isOn(link, addresses[name])),
    );
    const [home] = [...homesOn(name, usable), ...homesOn(name, held)];
    const link = home?.link ?? (await ensureLink(engine, pool, { model, slot: name, key }));
    const own = home?.own ?? [];
    const fixed = fixedAddresses(link.subnet);
    const taken = (others ?? []).flatMap(({ addresses }) => addresses[name]);
    const block = blockWith(own, fixed, taken, service.replicas);
    if (!block) {
      const wanted = `${service.name} (replicas: ${service.replicas})`;
      throw new SluiceError("SUBNET_EXHAUSTED", `link ${link.name} (${link.subnet}) has no room for ${wanted}`, {
        hint: `the web services of network ${link.key} can have ${fixed.length} replicas together: give some of them another network in the compose file, or fewer replicas`,
      });
    }
    chosen[name] = block;
  }
  return { blue: chosen.blue ?? [], green: chosen.green ?? [] };
}

/** Whether there are addresses, and all lie on the link. */
export function isOn({ subnet }: Pick<Link, "subnet">, addresses: readonly string[]): boolean {
  if (addresses.length === 0 || subnet === "") return false;
  const fixed = new Set(fixedAddresses(subnet));
  return addresses.every((address) => fixed.has(address));
}

/** Addresses that doors and previews of a stack carry in their label. */
export async function labelledAddresses(engine: Engine, stack: string): Promise<readonly GivenAddresses[]> {
  const found = await listContainers(engine, [`${labels.stack}=${stack}`, labels.addresses]);
  return found.flatMap(({ Labels }) => {
    const service = Labels[labels.service];
    const addresses = parseAddresses(Labels[labels.addresses] ?? "");
    return service && addresses ? [{ service, addresses }] : [];
  });
}

/** Addresses that the containers of a stack's slots were made with, running or not. */
export async function containerAddresses(engine: Engine, stack: string): Promise<readonly GivenAddresses[]> {
  const found = await Promise.all(
    slots.map(async (slot) => {
      const containers = await listSlot(engine, stack, slot);
      const names = new Set(containers.map(({ Labels }) => Labels[composeLabels.service] ?? ""));
      return [...names].map((service) => {
        const own = containers.filter(({ Labels }) => Labels[composeLabels.service] === service).flatMap(fixedOf);
        return { service, addresses: { blue: [], green: [], [slot]: own }, isHeld: true };
      });
    }),
  );
  return found.flat();
}

function fixedOf({ NetworkSettings }: Docker.ContainerInfo): readonly string[] {
  return Object.values(NetworkSettings?.Networks ?? {}).flatMap(
    ({ IPAMConfig }) => (IPAMConfig as { IPv4Address?: string } | null)?.IPv4Address ?? [],
  );
}

export function parseAddresses(text: string): DoorAddresses | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<Slot, unknown>> | null;
    const list = (slot: Slot) =>
      Array.isArray(value?.[slot]) ? value[slot].filter((item) => typeof item === "string") : [];
    return { blue: list("blue"), green: list("green") };
  } catch {
    return undefined;
  }
}
