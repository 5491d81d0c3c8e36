import { type CallOptions, type SlotRequest, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { composeModel, isOverlap } from "../engine/compose-model.ts";
import { composeLabels, inspectAll, listProject } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { joinedExternals, linkedNetworks, slotNetworks } from "../model/networks.ts";
import { slotModel } from "../model/slot-model.ts";
import { parseCidr } from "../networks/cidr.ts";
import { connect, type Endpoint } from "../networks/connect.ts";
import { findNetwork, type Link, listLinks } from "../networks/links.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { chooseSubnet, subnetsOf, takenSubnets } from "../networks/taken.ts";

/**
 * Creates the containers of a slot and connects them to its links; none is started.
 *
 * @throws SluiceError COMPOSE_FAILED, SUBNET_EXHAUSTED, ENGINE_FAILED
 */
export async function createSlot(
  engine: Engine,
  pool: SubnetPool,
  request: SlotRequest,
  options: CallOptions = {},
): Promise<void> {
  await upWithSubnets(engine, pool, request, options, (subnets) => slotModel(request, { subnets }));
  await connectSlot(engine, request, options.signal);
}

type ModelOf = (subnets: Readonly<Record<string, string>>) => ReturnType<typeof slotModel>;

/** Creates what the model holds; chooses other subnets when somebody took one of them meanwhile. */
export async function upWithSubnets(
  engine: Engine,
  pool: SubnetPool,
  request: SlotRequest,
  options: CallOptions,
  modelOf: ModelOf,
): Promise<void> {
  const project = stackNames.slotProject(request.stack, request.slot);
  const refused: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const subnets = await slotSubnets(engine, pool, request, refused);
    try {
      await composeModel(engine, modelOf(subnets), ["up", "--no-start", "--no-build"], {
        ...options,
        failed: `containers of ${project} cannot be created`,
        source: project,
      });
      return;
    } catch (error) {
      if (attempt === 5 || !isOverlap(error)) throw error;
      refused.push(...Object.values(subnets));
    }
  }
}

/** A subnet for each network of the slot: the one it has, or a free one. */
async function slotSubnets(
  engine: Engine,
  pool: SubnetPool,
  { stack, slot, services, release }: SlotRequest,
  refused: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const keys = slotNetworks(release.model, services);
  const taken = [...(await takenSubnets(engine)), ...refused.flatMap((text) => parseCidr(text) ?? [])];
  const subnets: Record<string, string> = {};
  for (const key of keys) {
    const name = `${stackNames.slotProject(stack, slot)}_${key}`;
    const existing = await findNetwork(engine, name);
    const subnet = (existing && subnetsOf(existing)[0]) ?? chooseSubnet(pool, taken, name);
    subnets[key] = subnet;
    taken.push(...(existing ? [] : [parseCidr(subnet)].filter((cidr) => cidr !== undefined)));
  }
  return subnets;
}

/** Connects every container of the slot to the links of the networks its service declares. */
export async function connectSlot(engine: Engine, request: SlotRequest, signal?: AbortSignal): Promise<void> {
  const { stack, slot } = request;
  const [links, found] = await Promise.all([
    listLinks(engine, stack),
    listProject(engine, stackNames.slotProject(stack, slot), signal),
  ]);
  const ofSlot = links.filter((link) => link.slot === slot).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const containers = await inspectAll(
    engine,
    found.map(({ Id }) => Id),
    signal,
  );
  await Promise.all(
    containers.map((container) => connect(engine, container, slotEndpoints(container, request, ofSlot))),
  );
}

/**
 * Web containers have one name outside their slot, which no service has: the service's own belongs to the door. Others
 * keep their names, and base services reach them under these.
 */
function slotEndpoints(
  { Config }: Docker.ContainerInspectInfo,
  { stack, slot, services, addresses, release }: SlotRequest,
  links: readonly Link[],
): readonly Endpoint[] {
  const service = services.find(({ name }) => name === Config.Labels[composeLabels.service]);
  if (!service) return [];
  const isWeb = service.role === "web";
  const linked = linkedNetworks(release.model, [service]);
  const number = Number(Config.Labels[composeLabels.number] ?? 1);
  const declared = release.model.services[service.name]?.networks;
  const aliases = (key: string) =>
    isWeb ? [stackNames.linkAlias(stack, slot, service.name)] : [service.name, ...(declared?.[key]?.aliases ?? [])];
  const onLinks = links
    .filter(({ key }) => linked.includes(key))
    .map(({ name, key }, index) => ({
      network: name,
      aliases: aliases(key),
      // Doors lead to fixed addresses on the first link.
      address: isWeb && index === 0 ? addresses[service.name]?.[number - 1] : undefined,
    }));
  const outside = joinedExternals(release.model, services, service.name).map(({ name }) => ({
    network: name,
    aliases: [stackNames.linkAlias(stack, slot, service.name)],
  }));
  return [...onLinks, ...outside];
}
