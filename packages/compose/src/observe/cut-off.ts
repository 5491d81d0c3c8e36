import {
  type ComposeModel,
  type CutOffContainer,
  isInSlot,
  type ServiceFacts,
  type Slot,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels } from "../engine/containers.ts";
import { joinedExternals, linkedNetworks, networkKeys } from "../model/networks.ts";

type Container = Pick<Docker.ContainerInspectInfo, "Name" | "NetworkSettings"> & {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

export interface CutOffObservation {
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
  /** Names of all networks that are on the engine. */
  readonly present: ReadonlySet<string>;
}

/**
 * Containers of a slot, which are of the release with this model, that lack a network they were made with. One that is stopped keeps
 * no network from being removed (`docker network prune`), goes on naming it, and cannot be started. Pure.
 */
export function cutOffContainers(
  observation: CutOffObservation,
  containers: readonly Container[],
  slot: Slot,
): readonly CutOffContainer[] {
  return containers.flatMap(({ Name, Config, NetworkSettings }) => {
    const service = Config.Labels[composeLabels.service] ?? "";
    const named = Object.keys(NetworkSettings.Networks);
    const isLacking = (name: string) => !(named.includes(name) && observation.present.has(name));
    const { links, others } = networksOf(observation, service, slot);
    const networks = [...new Set([...others, ...links, ...named])].filter(isLacking);
    if (networks.length === 0) return [];
    return [{ slot, service, container: Name.slice(1), networks, isUnlinked: links.every(isLacking) }];
  });
}

/**
 * Names of the networks that every container of a service in a slot is made with, whether or not they are on the engine: somebody
 * may have removed one with all its containers taken from it.
 */
function networksOf(
  { model, services }: CutOffObservation,
  service: string,
  slot: Slot,
): { readonly links: readonly string[]; readonly others: readonly string[] } {
  const active = services.filter((one) => one.active);
  const facts = active.find(({ name }) => name === service);
  if (!facts || !isInSlot(facts)) return { links: [], others: [] };
  const own = networkKeys(model.services[service]).map((key) => `${stackNames.slotProject(model.name, slot)}_${key}`);
  // Those that only an edge needs are known from all services.
  const keys = linkedNetworks(model, active).filter((key) => linkedNetworks(model, [facts]).includes(key));
  const outside = joinedExternals(model, services, service).map(({ name }) => name);
  return { links: keys.map((key) => stackNames.link(model.name, slot, key)), others: [...own, ...outside] };
}
