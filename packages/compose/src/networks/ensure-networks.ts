import { type CallOptions, type ComposeModel, isInSlot, labels, type ServiceFacts, type Slot } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, inspectAll, listProject } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { linkedNetworks } from "../model/networks.ts";
import { ensureBaseResources, networkNames } from "./base-networks.ts";
import { baseEndpoints, connect } from "./connect.ts";
import { ensureLink, type Link } from "./links.ts";
import { namedNetworks } from "./named-networks.ts";
import type { SubnetPool } from "./subnets.ts";

/** Whether containers of a service run in slots, for long or once: all others run in base. */
export function runsInSlot(service: Pick<ServiceFacts, "role" | "strategy">): boolean {
  return service.role === "job" || isInSlot(service);
}

/**
 * Base networks, links of the slot, and base containers and doors connected to them. Idempotent: what is right already
 * is not touched.
 */
export async function ensureNetworks(
  engine: Engine,
  pool: SubnetPool,
  { model, slot, services }: { model: ComposeModel; slot: Slot; services: readonly ServiceFacts[] },
  options: CallOptions = {},
): Promise<void> {
  await ensureBaseResources(engine, model, options);
  const links: Link[] = [];
  // One after the other: links that are chosen at once would choose the same subnets.
  for (const key of linkedNetworks(model, services)) links.push(await ensureLink(engine, pool, { model, slot, key }));
  await Promise.all([connectBase(engine, model, services, links), connectDoors(engine, model, services, links)]);
}

/** Connects every base container to the links of the networks it is on. */
export async function connectBase(
  engine: Engine,
  model: ComposeModel,
  services: readonly ServiceFacts[],
  links: readonly Link[],
): Promise<void> {
  const names = networkNames(model);
  const slotServices = new Set(services.filter(runsInSlot).map(({ name }) => name));
  const found = await namedNetworks(engine, await listProject(engine, model.name));
  const lacking = found
    .filter(({ Labels }) => !slotServices.has(Labels[composeLabels.service] ?? ""))
    .filter((container) => lacksLink(container, links, names));
  const containers = await inspectAll(
    engine,
    lacking.map(({ Id }) => Id),
  );
  await Promise.all(
    (await namedNetworks(engine, containers)).map((container) =>
      connect(engine, container, baseEndpoints(container, links, names)),
    ),
  );
}

function lacksLink(
  { NetworkSettings }: Docker.ContainerInfo,
  links: readonly Link[],
  names: Readonly<Record<string, string>>,
): boolean {
  const on = NetworkSettings?.Networks ?? {};
  return links.some(({ name, key }) => (names[key] ?? "") in on && !(name in on));
}

/** Connects doors to links of their networks that did not exist when they were made. */
async function connectDoors(
  engine: Engine,
  model: ComposeModel,
  services: readonly ServiceFacts[],
  links: readonly Link[],
): Promise<void> {
  const filters = { label: [`${labels.stack}=${model.name}`, `${labels.kind}=door`] };
  const doors = await engine.call("doors cannot be listed", (docker) => docker.listContainers({ all: true, filters }));
  await Promise.all(
    doors.map(async ({ Id, Labels }) => {
      const facts = services.find(({ name }) => name === Labels[labels.service]);
      if (!facts) return;
      const networks = linkedNetworks(model, [facts]);
      await connect(
        engine,
        await inspect(engine, Id),
        doorEndpoints(model.name, { name: facts.name, networks }, links),
      );
    }),
  );
}

/** A door's only name on links is one that no service has. */
export function doorEndpoints(
  stack: string,
  { name, networks }: { readonly name: string; readonly networks: readonly string[] },
  links: readonly Link[],
): readonly { network: string; aliases: readonly string[] }[] {
  const alias = `door.${name}.${stack}`;
  return links.filter(({ key }) => networks.includes(key)).map((link) => ({ network: link.name, aliases: [alias] }));
}

async function inspect(engine: Engine, id: string): Promise<Docker.ContainerInspectInfo> {
  try {
    return await (await engine.docker()).getContainer(id).inspect();
  } catch (error) {
    throw engineError(error, `container ${id} cannot be looked at`);
  }
}
