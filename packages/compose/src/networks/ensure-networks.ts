import { type CallOptions, type ComposeModel, labels, type ServiceFacts, type Slot } from "@sluice/core";
import type Docker from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { linkedNetworks } from "../model/networks.ts";
import { ensureBaseResources } from "./base-networks.ts";
import { connect } from "./connect.ts";
import { connectBase } from "./connect-base.ts";
import { ensureLink, type Link } from "./links.ts";
import type { SubnetPool } from "./subnets.ts";

/**
 * Base networks, links of the slot, and base containers and doors connected to them: to a base network only what was made with
 * it and was taken from it. Idempotent: what is right already is not touched.
 */
export async function ensureNetworks(
  engine: Engine,
  pool: SubnetPool,
  { model, slot, services }: { model: ComposeModel; slot: Slot; services: readonly ServiceFacts[] },
  options: CallOptions = {},
): Promise<void> {
  const started = services.filter(({ active, role }) => active && role !== "tool").map(({ name }) => name);
  await ensureBaseResources(engine, model, started, options);
  const links: Link[] = [];
  // One after the other: links that are chosen at once would choose the same subnets.
  for (const key of linkedNetworks(model, services)) links.push(await ensureLink(engine, pool, { model, slot, key }));
  await Promise.all([connectBase(engine, { model, services }, links), connectDoors(engine, model, services, links)]);
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
