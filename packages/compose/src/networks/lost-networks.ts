import type { ComposeModel, ServiceFacts } from "@sluice/core";
import type { ContainerInspectInfo } from "dockerode";
import { composeLabels } from "../engine/containers.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { ownSettings, sharedSettings } from "../model/endpoint-settings.ts";
import { networkKeys, networkName } from "../model/networks.ts";
import { isInBase } from "../model/placement.ts";
import { baseLinks } from "./base-links.ts";
import type { Endpoint } from "./connect.ts";

type Container = Pick<ContainerInspectInfo, "Name" | "NetworkSettings"> & {
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
};

/**
 * Networks that a base container was made with and is not on: somebody took it from them. Each with the names and all else that
 * Compose gives it there. Pure. Holds only for a container that is made from what the model says of its service.
 */
export function lostNetworks(
  { model, services }: { readonly model: ComposeModel; readonly services: readonly ServiceFacts[] },
  { Name, Config, NetworkSettings }: Container,
): readonly Endpoint[] {
  const service = Config.Labels[composeLabels.service] ?? "";
  if (!services.some((one) => one.name === service && isInBase(one))) return [];
  const written = model.services[service] ?? {};
  return networkKeys(written)
    .filter((key) => !(networkName(model, key) in NetworkSettings.Networks))
    .map((key) => {
      const { aliases = [] } = written.networks?.[key] ?? {};
      return {
        network: networkName(model, key),
        aliases: [Name.slice(1), service, ...aliases].map(unescapeDollars),
        ...sharedSettings(written, key),
        ...ownSettings(written, key),
        links: baseLinks(model, services, service, key),
      };
    });
}

/** The container as if it were on these networks too: what follows from being on them is known before it is connected. */
export function withEndpoints<One extends Pick<ContainerInspectInfo, "NetworkSettings">>(
  container: One,
  endpoints: readonly Endpoint[],
): One {
  if (endpoints.length === 0) return container;
  const added = endpoints.map(({ network, aliases }) => [network, { Aliases: [...aliases] }]);
  const Networks = { ...container.NetworkSettings.Networks, ...Object.fromEntries(added) };
  return { ...container, NetworkSettings: { ...container.NetworkSettings, Networks } };
}
