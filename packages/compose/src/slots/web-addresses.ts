import type { SlotRequest } from "@sluice/core";
import type { ContainerInspectInfo } from "dockerode";
import { isOn } from "../doors/addresses.ts";
import { composeLabels } from "../engine/containers.ts";
import type { Link } from "../networks/links.ts";

/** What is known of a container of the slot. */
export type PlacedContainer = Pick<ContainerInspectInfo, "Id" | "NetworkSettings"> & {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

/**
 * Addresses for web containers that are not on their link yet, by id: the one of its number, or a free one where that is taken or
 * there is none. Compose gives numbers on and on, where some of a service are made again beside others that run. A door leads to
 * as many addresses of its block as there are replicas: the others are for what is more than that. Pure.
 */
export function webAddresses(
  containers: readonly PlacedContainer[],
  { services, addresses }: Pick<SlotRequest, "services" | "addresses">,
  links: readonly Link[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const service of services.filter(({ role }) => role === "web")) {
    const block = addresses[service.name] ?? [];
    const reached = block.slice(0, service.replicas);
    const link = links.find(({ subnet }) => isOn({ subnet }, block))?.name ?? "";
    const own = containers.filter(({ Config }) => Config.Labels[composeLabels.service] === service.name);
    const held = new Set(own.map((one) => one.NetworkSettings.Networks[link]?.IPAMConfig?.IPv4Address));
    for (const one of own.filter(({ NetworkSettings }) => !(link in NetworkSettings.Networks))) {
      const usual = reached[Number(one.Config.Labels[composeLabels.number] ?? 1) - 1];
      const free = [usual, ...block].find((address) => address !== undefined && !held.has(address));
      if (free === undefined) continue;
      held.add(free);
      given.set(one.Id, free);
    }
  }
  return given;
}
