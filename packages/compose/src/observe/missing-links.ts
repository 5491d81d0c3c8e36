import type { ComposeModel, MissingLink, ServiceFacts, Slot } from "@sluice/core";
import { labels } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels } from "../engine/containers.ts";
import { linkedNetworks } from "../model/networks.ts";
import { runsInSlot } from "../model/placement.ts";
import { networkNames } from "../networks/base-networks.ts";
import { baseEndpoints, type Endpoint } from "../networks/connect.ts";
import { doorEndpoints } from "../networks/ensure-networks.ts";
import type { Link } from "../networks/links.ts";

type Container = Pick<Docker.ContainerInspectInfo, "Id" | "Name" | "NetworkSettings"> & {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

export interface LinkObservation {
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
  /** Those in use, see `linksInUse`. */
  readonly links: readonly Link[];
  /** Containers of the base project. */
  readonly base: readonly Container[];
  /** Doors that serve. */
  readonly doors: readonly Container[];
}

/**
 * Links that containers of their slot are on: what an empty slot lacks, it gets when it is filled, and those of a release that was
 * in the slot before may be there still. Pure.
 */
export function linksInUse(
  links: readonly Link[],
  slots: Readonly<Record<Slot, readonly Pick<Container, "NetworkSettings">[]>>,
): readonly Link[] {
  return links.filter(({ name, slot }) => slots[slot].some(({ NetworkSettings }) => name in NetworkSettings.Networks));
}

/** What `ensureNetworks` would connect: base containers that somebody made anew have lost their links. Pure. */
export function missingLinks({ model, services, links, base, doors }: LinkObservation): readonly MissingLink[] {
  const names = networkNames(model);
  const inSlots = new Set(services.filter(runsInSlot).map(({ name }) => name));
  const slotOf = new Map<string, Slot>(links.map(({ name, slot }) => [name, slot]));
  const lacking = (container: Container, service: string, endpoints: readonly Endpoint[]) =>
    endpoints.flatMap(({ network, aliases }): MissingLink[] => {
      const slot = slotOf.get(network);
      if (slot === undefined || network in container.NetworkSettings.Networks) return [];
      return [{ slot, service, container: container.Name.slice(1), link: network, aliases }];
    });
  const ofBase = base.flatMap((container) => {
    const service = container.Config.Labels[composeLabels.service] ?? "";
    return inSlots.has(service) ? [] : lacking(container, service, baseEndpoints(container, links, names));
  });
  const ofDoors = doors.flatMap((container) => {
    const facts = services.find(({ name }) => name === container.Config.Labels[labels.service]);
    if (!facts) return [];
    const networks = linkedNetworks(model, [facts]);
    return lacking(container, facts.name, doorEndpoints(model.name, { name: facts.name, networks }, links));
  });
  return [...ofBase, ...ofDoors];
}
