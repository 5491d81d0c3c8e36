import type { ContainerInspectInfo } from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { engineError, statusOf, unlessStatus } from "../engine/errors.ts";
import type { OwnSettings, SharedSettings } from "../model/endpoint-settings.ts";
import type { Link } from "./links.ts";

export interface Endpoint extends SharedSettings, OwnSettings {
  readonly network: string;
  readonly aliases: readonly string[];
  /** Other containers there by names that only this one uses: `CONTAINER:NAME`. */
  readonly links?: readonly string[] | undefined;
}

/**
 * Connects a container to networks it is not on yet, one after the other: the engine locks the container anyway.
 * A container may be created, running or stopped.
 */
export async function connect(
  engine: Engine,
  container: Pick<ContainerInspectInfo, "Id" | "Name" | "NetworkSettings">,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const docker = await engine.docker();
  for (const endpoint of endpoints) {
    const { network } = endpoint;
    if (network in container.NetworkSettings.Networks) continue;
    try {
      await docker.getNetwork(network).connect({ Container: container.Id, EndpointConfig: endpointConfig(endpoint) });
    } catch (error) {
      // Connected by somebody else meanwhile.
      if (statusOf(error) === 403 && /already exists in network/.test(String(error))) continue;
      throw engineError(error, `container ${container.Name.slice(1)} cannot be connected to network ${network}`);
    }
  }
}

/** An endpoint as the engine takes it. Pure. */
export function endpointConfig(endpoint: Endpoint): object {
  const { aliases, links = [], address, ipv6Address, linkLocalAddresses } = endpoint;
  const { driverOptions, gatewayPriority, macAddress } = endpoint;
  const addresses = {
    ...(address && { IPv4Address: address }),
    ...(ipv6Address && { IPv6Address: ipv6Address }),
    ...(linkLocalAddresses && { LinkLocalIPs: linkLocalAddresses }),
  };
  return {
    Aliases: [...aliases],
    ...(links.length > 0 && { Links: [...links] }),
    ...(driverOptions && { DriverOpts: driverOptions }),
    ...(gatewayPriority !== undefined && { GwPriority: gatewayPriority }),
    ...(macAddress && { MacAddress: macAddress }),
    ...(Object.keys(addresses).length > 0 && { IPAMConfig: addresses }),
  };
}

/** Takes a container that is not started from networks, as far as it is on them. */
export async function disconnect(
  engine: Engine,
  { Id, Name }: Pick<ContainerInspectInfo, "Id" | "Name">,
  networks: readonly string[],
): Promise<void> {
  await engine.call(`container ${Name.slice(1)} cannot be taken from a network`, async (docker) => {
    for (const network of networks) {
      const left = docker.getNetwork(network).disconnect({ Container: Id }) as Promise<unknown>;
      await unlessStatus(left, [403, 404], null);
    }
  });
}

/**
 * Endpoints of a base container on links: the names and aliases it has on the base network that each link carries.
 *
 * @param networkNames real name of each base network by its key
 */
export function baseEndpoints(
  container: Pick<ContainerInspectInfo, "Id" | "NetworkSettings">,
  links: readonly Link[],
  networkNames: Readonly<Record<string, string>>,
): readonly Endpoint[] {
  return links.flatMap(({ name, key }) => {
    const endpoint = container.NetworkSettings.Networks[networkNames[key] ?? ""];
    if (!endpoint) return [];
    // Older engines add the short id, which belongs to the container and not to the service. Only the whole of it: an id may
    // begin with the name of its service, as `db` is hexadecimal.
    const shortId = container.Id.slice(0, 12);
    const aliases = (endpoint.Aliases ?? []).filter((alias: string) => alias !== shortId);
    return [{ network: name, aliases }];
  });
}
