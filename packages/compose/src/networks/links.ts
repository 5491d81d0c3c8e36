import { type ComposeModel, labels, type Slot, slots, stackNames } from "@sluice/core";
import type { NetworkInspectInfo } from "dockerode";
import { isOverlap } from "../engine/compose-model.ts";
import type { Engine } from "../engine/engine.ts";
import { statusOf } from "../engine/errors.ts";
import { linkOptions } from "../model/bridge-options.ts";
import { parseCidr } from "./cidr.ts";
import { dynamicRange, type SubnetPool } from "./subnets.ts";
import { chooseSubnet, subnetsOf, takenSubnets } from "./taken.ts";

/** An internal network that carries one base network into one slot. */
export interface Link {
  readonly name: string;
  readonly slot: Slot;
  /** Key of the base network in the compose file. */
  readonly key: string;
  readonly subnet: string;
}

/** Names of all networks on the engine, whoever made them. */
export async function listNetworkNames(engine: Engine): Promise<ReadonlySet<string>> {
  const networks = await engine.call("networks cannot be listed", (docker) => docker.listNetworks());
  return new Set(networks.map(({ Name }) => Name));
}

/** Every link of a stack that is there. */
export async function listLinks(engine: Engine, stack: string): Promise<readonly Link[]> {
  const filters = { label: [`${labels.stack}=${stack}`, `${labels.kind}=link`] };
  const networks = await engine.call("networks cannot be listed", (docker) => docker.listNetworks({ filters }));
  return networks.flatMap((network) => linkOf(stack, network) ?? []);
}

function linkOf(stack: string, network: NetworkInspectInfo): Link | undefined {
  const slot = slots.find((name) => network.Name.startsWith(stackNames.link(stack, name, "")));
  if (!slot) return undefined;
  const key = network.Name.slice(stackNames.link(stack, slot, "").length);
  return { name: network.Name, slot, key, subnet: subnetsOf(network)[0] ?? "" };
}

/**
 * The link, made if it is not there. Internal, so that connecting to it never moves a port mapping; with an explicit
 * subnet, so that it takes none of the few networks that the engine gives out by itself.
 *
 * @throws SluiceError SUBNET_EXHAUSTED, ENGINE_FAILED
 */
export async function ensureLink(
  engine: Engine,
  pool: SubnetPool,
  { model, slot, key }: { readonly model: ComposeModel; readonly slot: Slot; readonly key: string },
): Promise<Link> {
  const stack = model.name;
  const name = stackNames.link(stack, slot, key);
  const options = linkOptions(model.networks?.[key]);
  const networkLabels = { [labels.stack]: stack, [labels.slot]: slot, [labels.kind]: "link" };
  const tried: string[] = [];
  for (;;) {
    const found = await findNetwork(engine, name);
    if (found) return { name, slot, key, subnet: subnetsOf(found)[0] ?? "" };
    const taken = [...(await takenSubnets(engine)), ...tried.flatMap((text) => parseCidr(text) ?? [])];
    const subnet = chooseSubnet(pool, taken, name);
    try {
      await createLink(engine, { name, subnet, options, networkLabels });
    } catch (error) {
      // Somebody else made it, or took the subnet, between the look and the deed.
      if (statusOf(error) !== 409 && !isOverlap(error)) throw error;
      tried.push(subnet);
    }
  }
}

interface NewLink {
  readonly name: string;
  readonly subnet: string;
  readonly options: Readonly<Record<string, string>>;
  readonly networkLabels: Readonly<Record<string, string>>;
}

async function createLink(engine: Engine, { name, subnet, options, networkLabels }: NewLink): Promise<void> {
  await engine.call(`link ${name} cannot be made`, (docker) =>
    docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Internal: true,
      IPAM: { Driver: "default", Config: [{ Subnet: subnet, IPRange: dynamicRange(subnet) }] },
      Options: { ...options },
      Labels: { ...networkLabels },
    }),
  );
}

export async function findNetwork(engine: Engine, name: string): Promise<NetworkInspectInfo | undefined> {
  const networks = await engine.call("networks cannot be listed", (docker) =>
    docker.listNetworks({ filters: { name: [name] } }),
  );
  return networks.find(({ Name }) => Name === name);
}
