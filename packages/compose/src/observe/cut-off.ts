import {
  type ComposeModel,
  type CutOffContainer,
  isInSlot,
  labels,
  type ServiceFacts,
  type Slot,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels } from "../engine/containers.ts";
import { isExternal, joinedExternals, linkedNetworks, networkKeys } from "../model/networks.ts";

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
 * no network from being removed (`docker network prune`), goes on naming it, and cannot be started. Of an external network, which
 * another Sluice may have left out, a container tells by its label whether it was made to join it; one of before, without the label, lacks
 * none, nor the link of one while it is on another link. Pure.
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
    const joined = madeToJoin(Config.Labels);
    const { own, links, linksOutside, outside } = networksOf(observation, service, slot);
    const all = [...links, ...linksOutside];
    const isUnlinked = all.every(isLacking);
    const linked = joined || isUnlinked ? all : links;
    const wanted = [...own, ...outside.filter((name) => joined?.includes(name)), ...linked.toSorted(), ...named];
    const networks = [...new Set(wanted)].filter(isLacking);
    if (networks.length === 0) return [];
    return [{ slot, service, container: Name.slice(1), networks, isUnlinked }];
  });
}

/** `undefined` for a container of before. */
function madeToJoin({ [labels.joined]: joined }: Readonly<Record<string, string>>): readonly string[] | undefined {
  return joined === undefined ? undefined : (JSON.parse(joined) as readonly string[]);
}

interface SlotNetworks {
  /** Of the slot itself. */
  readonly own: readonly string[];
  /** Of networks of the project. */
  readonly links: readonly string[];
  /** Of external ones. */
  readonly linksOutside: readonly string[];
  /** External ones that are joined. */
  readonly outside: readonly string[];
}

/**
 * Names of the networks that every container of a service in a slot is made with, whether or not they are on the engine: somebody
 * may have removed one with all its containers taken from it.
 */
function networksOf({ model, services }: CutOffObservation, service: string, slot: Slot): SlotNetworks {
  const active = services.filter((one) => one.active);
  const facts = active.find(({ name }) => name === service);
  if (!facts || !isInSlot(facts)) return { own: [], links: [], linksOutside: [], outside: [] };
  // Those that only an edge needs are known from all services.
  const keys = linkedNetworks(model, active).filter((key) => linkedNetworks(model, [facts]).includes(key));
  const linksOf = (external: boolean) =>
    keys.filter((key) => isExternal(model, key) === external).map((key) => stackNames.link(model.name, slot, key));
  return {
    own: networkKeys(model.services[service]).map((key) => `${stackNames.slotProject(model.name, slot)}_${key}`),
    links: linksOf(false),
    linksOutside: linksOf(true),
    outside: joinedExternals(model, services, service).map(({ name }) => name),
  };
}
