import type { ComposeService } from "@sluice/core";
import { unescapeDollars } from "./dollars.ts";
import { networkKeys } from "./networks.ts";

/** What any number of containers of a service are given on a network, beside names. */
export interface SharedSettings {
  readonly driverOptions?: Readonly<Record<string, string>> | undefined;
  /** Which network is the way out: the one with the highest. */
  readonly gatewayPriority?: number | undefined;
  readonly linkLocalAddresses?: readonly string[] | undefined;
}

/** And what only one of them can have there. */
export interface OwnSettings {
  readonly address?: string | undefined;
  readonly ipv6Address?: string | undefined;
  /** Engines before 2026 heed it only where they make the container. */
  readonly macAddress?: string | undefined;
}

/** Keys of what {@link sharedSettings} says, for containers that Compose itself puts on the network. */
export const sharedKeys = ["driver_opts", "gw_priority", "interface_name", "link_local_ips", "priority"] as const;

/** As the compose file gives it to a service on one of its networks, and Compose to the engine. Pure. */
export function sharedSettings(service: ComposeService, key: string): SharedSettings {
  const { driver_opts, gw_priority, interface_name, link_local_ips } = service.networks?.[key] ?? {};
  const options = {
    ...(driver_opts as Readonly<Record<string, unknown>> | undefined),
    ...(typeof interface_name === "string" ? { "com.docker.network.endpoint.ifname": interface_name } : {}),
  };
  const driverOptions = Object.entries(options).map(([name, value]) => [name, unescapeDollars(String(value))]);
  return {
    ...(driverOptions.length > 0 ? { driverOptions: Object.fromEntries(driverOptions) } : {}),
    ...(typeof gw_priority === "number" ? { gatewayPriority: gw_priority } : {}),
    ...(Array.isArray(link_local_ips) ? { linkLocalAddresses: link_local_ips.map(String) } : {}),
  };
}

/** The same for what only one container has. Pure. */
export function ownSettings(service: ComposeService, key: string): OwnSettings {
  const { ipv4_address: address, ipv6_address, mac_address } = service.networks?.[key] ?? {};
  // Compose gives that of the service on the first of its networks.
  const macAddress = mac_address ?? (key === firstNetwork(service) ? service["mac_address"] : undefined);
  return {
    ...(address === undefined ? {} : { address }),
    ...(typeof ipv6_address === "string" ? { ipv6Address: ipv6_address } : {}),
    ...(typeof macAddress === "string" ? { macAddress } : {}),
  };
}

function firstNetwork(service: ComposeService): string | undefined {
  const priority = (key: string) => Number(service.networks?.[key]?.["priority"] ?? 0);
  return networkKeys(service).toSorted((a, b) => priority(b) - priority(a))[0];
}
