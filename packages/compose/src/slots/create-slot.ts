import { type CreateOptions, type ServiceFacts, type SlotRequest, slotServices, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { isOn } from "../doors/addresses.ts";
import { composeLabels, inspectAll, listSlot } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { ownSettings, sharedSettings } from "../model/endpoint-settings.ts";
import {
  isExternal,
  joinedExternals,
  linkedNetworks,
  networkKeys,
  networkName,
  slotNetworks,
} from "../model/networks.ts";
import { serviceLinks } from "../model/service-links.ts";
import { endpointAliases, slotModel } from "../model/slot-model.ts";
import { baseLinks } from "../networks/base-links.ts";
import { connect, disconnect, type Endpoint } from "../networks/connect.ts";
import { type Link, listLinks } from "../networks/links.ts";
import { slotLinks } from "../networks/slot-links.ts";
import type { SubnetPool } from "../networks/subnets.ts";
import { createContainers } from "./create-containers.ts";
import { webAddresses } from "./web-addresses.ts";

/**
 * Creates the containers of a slot and connects them to its links; none is started.
 *
 * @param flags of Compose: `--no-recreate` keeps what is there as it is
 * @throws SluiceError COMPOSE_FAILED, SUBNET_EXHAUSTED, ENGINE_FAILED
 */
export async function createSlot(
  engine: Engine,
  pool: SubnetPool,
  request: SlotRequest,
  { running, ...options }: Omit<CreateOptions, "onlyMissing"> = {},
  flags: readonly string[] = [],
): Promise<void> {
  const services = request.services.filter(({ name }) => name !== running);
  const made = { ...request, services };
  await createContainers(engine, pool, request, options, (subnets) => slotModel(made, { subnets }), { flags });
  await connectSlot(engine, made, options.signal);
}

/**
 * Connects every container of the slot to the links of the networks its service declares, and to the slot's own networks where
 * somebody took it from one: Compose puts only what it makes there.
 */
export async function connectSlot(engine: Engine, request: SlotRequest, signal?: AbortSignal): Promise<void> {
  const { stack, slot } = request;
  const [links, found] = await Promise.all([listLinks(engine, stack), listSlot(engine, stack, slot, signal)]);
  const ofSlot = links.filter((link) => link.slot === slot).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const wanted = found.filter(({ Labels }) =>
    request.services.some(({ name }) => name === Labels[composeLabels.service]),
  );
  const containers = await inspectAll(
    engine,
    wanted.map(({ Id }) => Id),
    signal,
  );
  const addresses = webAddresses(containers, request, ofSlot);
  const nameInSlot = (key: string) => `${stackNames.slotProject(stack, slot)}_${key}`;
  await Promise.all(
    containers.map(async (container) => {
      const job = jobOf(container, request);
      await connect(
        engine,
        container,
        job ? jobEndpoints(job, request) : slotEndpoints(container, request, ofSlot, addresses),
      );
      if (job) await disconnect(engine, container, slotNetworks(request.release.model, [job]).map(nameInSlot));
    }),
  );
}

function jobOf({ Config }: Docker.ContainerInspectInfo, { services }: SlotRequest): ServiceFacts | undefined {
  return services.find(({ name, role }) => role === "job" && name === Config.Labels[composeLabels.service]);
}

/**
 * A job is on the networks of base themselves, with all that it has there under plain Compose, and on none of the slot:
 * nothing runs there while it does, and the engine starts a container 50 ms later for each network more.
 */
function jobEndpoints({ name }: ServiceFacts, { stack, slot, services, release }: SlotRequest): readonly Endpoint[] {
  const { model } = release;
  const job = services.filter((service) => service.name === name);
  const written = model.services[name] ?? {};
  return linkedNetworks(model, job).map((key) => ({
    network: networkName(model, key),
    aliases: isExternal(model, key)
      ? [stackNames.linkAlias(stack, slot, name)]
      : [name, ...(written.networks?.[key]?.aliases ?? [])],
    links: baseLinks(model, services, name, key),
    ...sharedSettings(written, key),
    ...ownSettings(written, key),
  }));
}

/**
 * Web containers have one name outside their slot, which no service has: the service's own belongs to the door. Others
 * keep their names, and base services reach them under these.
 */
function slotEndpoints(
  { Id, Config }: Docker.ContainerInspectInfo,
  { stack, slot, services, release }: SlotRequest,
  links: readonly Link[],
  addresses: ReadonlyMap<string, string>,
): readonly Endpoint[] {
  const service = services.find(({ name }) => name === Config.Labels[composeLabels.service]);
  if (!service) return [];
  const isWeb = service.role === "web";
  const linked = linkedNetworks(release.model, [service]);
  const written = release.model.services[service.name] ?? {};
  const given = addresses.get(Id);
  const aliases = (key: string) =>
    isWeb
      ? [stackNames.linkAlias(stack, slot, service.name)]
      : [service.name, ...(written.networks?.[key]?.aliases ?? [])];
  // Whether a network serves only an edge is known from all services, not from those of the slot.
  const joined = joinedExternals(release.model, release.bundle.services, service.name);
  const elsewhere = joined.map(({ key }) => key);
  const caller = { stack, slot, services, model: release.model, name: service.name, joined: elsewhere };
  const onLinks = links
    .map((link) => ({ ...link, isLed: given !== undefined && isOn(link, [given]) }))
    // Where doors lead to the others of its slot it is, too, though no link of the service is made there any more.
    .filter(({ key, isLed }) => isLed || linked.includes(key))
    .map(({ name, key, isLed }) => ({
      network: name,
      aliases: aliases(key),
      links: [...baseLinks(release.model, services, service.name, key), ...slotLinks(caller, key)],
      // Doors lead to fixed addresses on one of the links.
      address: isLed ? given : undefined,
    }));
  const outside = joined.map(({ key, name }) => ({
    network: name,
    aliases: [stackNames.linkAlias(stack, slot, service.name)],
    ...sharedSettings(written, key),
  }));
  return [...ownEndpoints(service.name, { stack, slot, services, release }, elsewhere), ...onLinks, ...outside];
}

/**
 * As Compose makes them, see `slotModel`.
 *
 * @param elsewhere networks on whose real one the container has what it is given
 */
function ownEndpoints(
  name: string,
  { stack, slot, services, release: { model } }: Pick<SlotRequest, "stack" | "slot" | "services" | "release">,
  elsewhere: readonly string[],
): readonly Endpoint[] {
  const written = model.services[name];
  if (!written) return [];
  const project = stackNames.slotProject(stack, slot);
  const inSlot = new Set(slotServices(services).map((service) => service.name));
  const links = serviceLinks(written)
    .filter(({ service, alias }) => alias !== service && inSlot.has(service))
    .map(({ service, alias }) => `${project}-${service}-1:${alias}`);
  return networkKeys(written).map((key) => ({
    network: `${project}_${key}`,
    aliases: [name, ...endpointAliases(written, key)],
    links,
    ...(elsewhere.includes(key) ? {} : sharedSettings(written, key)),
  }));
}
