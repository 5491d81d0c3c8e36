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
import type { Link } from "../networks/links.ts";

type Container = Pick<Docker.ContainerInspectInfo, "Name" | "NetworkSettings"> & {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

export interface CutOffObservation {
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
  /** Those that are there. */
  readonly links: readonly Link[];
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
    const taken = networksOf(observation, service, slot).filter((name) => !named.includes(name));
    const networks = [...taken, ...named.filter((name) => !observation.present.has(name))];
    return networks.length > 0 ? [{ slot, service, container: Name.slice(1), networks }] : [];
  });
}

/** Names of the networks that every container of a service in a slot is made with. */
function networksOf({ model, services, links }: CutOffObservation, service: string, slot: Slot): readonly string[] {
  const active = services.filter((one) => one.active);
  const facts = active.find(({ name }) => name === service);
  if (!facts || !isInSlot(facts)) return [];
  const own = networkKeys(model.services[service]).map((key) => `${stackNames.slotProject(model.name, slot)}_${key}`);
  // Those that only an edge needs are known from all services; an earlier release may have left a link of the same key.
  const keys = linkedNetworks(model, active).filter((key) => linkedNetworks(model, [facts]).includes(key));
  const onLinks = links
    .filter((link) => link.slot === slot && keys.includes(link.key))
    .map(({ name }) => name)
    .toSorted();
  const outside = joinedExternals(model, services, service).map(({ name }) => name);
  return [...own, ...onLinks, ...outside];
}
