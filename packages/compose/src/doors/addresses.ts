import { type ComposeModel, labels, type ServiceFacts, type Slot, SluiceError, slots } from "@sluice/core";
import { listContainers } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { linkedNetworks } from "../model/networks.ts";
import { ensureLink } from "../networks/links.ts";
import { fixedAddresses, type SubnetPool } from "../networks/subnets.ts";

export type DoorAddresses = Readonly<Record<Slot, readonly string[]>>;

/** What is known of doors that have addresses already: by the label of a container, or given out by this process. */
export interface GivenAddresses {
  readonly service: string;
  readonly addresses: DoorAddresses;
}

const smallestBlock = 8;

/** Room for the replicas there are and as many again, so that scaling up seldom needs another door. */
export function capacityFor(replicas: number): number {
  return Math.max(smallestBlock, replicas * 2);
}

/**
 * The first run of free addresses, or `undefined`. `given` are the addresses of other doors.
 */
export function freeBlock(
  fixed: readonly string[],
  given: readonly string[],
  capacity: number,
): readonly string[] | undefined {
  const used = new Set(given);
  for (let at = 0; at + capacity <= fixed.length; at += 1) {
    const block = fixed.slice(at, at + capacity);
    if (block.every((address) => !used.has(address))) return block;
  }
  return undefined;
}

/**
 * Fixed addresses for the replicas of a service on the first link of each slot (links in the order of their networks).
 * A door that exists keeps its addresses while they suffice and lie on the link. Makes these links if they are not there.
 *
 * @throws SluiceError SUBNET_EXHAUSTED when the link has no room
 */
export async function chooseAddresses(
  engine: Engine,
  pool: SubnetPool,
  { model, service, given }: { model: ComposeModel; service: ServiceFacts; given: readonly GivenAddresses[] },
): Promise<DoorAddresses> {
  const key = linkedNetworks(model, [service]).toSorted()[0];
  if (key === undefined) {
    throw new SluiceError("SERVICE_REFUSED", `service ${service.name} is on no network: no door can lead to it`);
  }
  const chosen: Partial<Record<Slot, readonly string[]>> = {};
  for (const slot of slots) {
    const link = await ensureLink(engine, pool, { model, slot, key });
    const fixed = fixedAddresses(link.subnet);
    const own = given.find((other) => other.service === service.name)?.addresses[slot] ?? [];
    const others = given.flatMap((other) => (other.service === service.name ? [] : other.addresses[slot]));
    const keeps = own.length >= service.replicas && own.every((address) => fixed.includes(address));
    const block = keeps ? own : freeBlock(fixed, others, capacityFor(service.replicas));
    if (!block) {
      throw new SluiceError("SUBNET_EXHAUSTED", `link ${link.name} (${link.subnet}) has no room for ${service.name}`, {
        hint: "fewer web services on one network, or a shorter prefix for links",
      });
    }
    chosen[slot] = block;
  }
  return { blue: chosen.blue ?? [], green: chosen.green ?? [] };
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
