import { SluiceError } from "@sluice/core";
import type { NetworkInspectInfo } from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { type Cidr, parseCidr } from "./cidr.ts";
import { readHostRoutes } from "./host-routes.ts";
import { freeSubnet, type SubnetPool } from "./subnets.ts";

/** Everything that a new subnet must keep clear of: the engine's networks, and routes of the host where it is this one. */
export async function takenSubnets(engine: Engine): Promise<readonly Cidr[]> {
  const [networks, routes] = await Promise.all([
    engine.call("networks cannot be listed", (docker) => docker.listNetworks()),
    engine.endpoint().then(({ kind }) => (kind === "unix" ? readHostRoutes() : [])),
  ]);
  return [...networks.flatMap((network) => subnetsOf(network).flatMap((subnet) => parseCidr(subnet) ?? [])), ...routes];
}

export function subnetsOf({ IPAM }: Pick<NetworkInspectInfo, "IPAM">): readonly string[] {
  return (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []);
}

/** @throws SluiceError SUBNET_EXHAUSTED */
export function chooseSubnet(pool: SubnetPool, taken: readonly Cidr[], name: string): string {
  const subnet = freeSubnet(pool, taken, name);
  if (subnet) return subnet;
  throw new SluiceError("SUBNET_EXHAUSTED", `no /${pool.prefix} of ${pool.pool} is free for network ${name}`, {
    hint: "set network.pool in sluice.yaml to a private range that neither the host nor other Docker networks use, or remove networks that nothing uses (`docker network prune`)",
  });
}
