import { createHash } from "node:crypto";
import type { ComposeNetwork } from "@sluice/core";

/** Names one interface of the host, so only one network can have it. */
const interfaceName = "com.docker.network.bridge.name";
const mtu = "com.docker.network.driver.mtu";

/** What a slot's network has of the one that it stands for: how its packets travel, and who may speak with whom. */
export function bridgeOptions(written: ComposeNetwork | null | undefined): ComposeNetwork {
  const { [interfaceName]: _name, ...options } = optionsOf(written);
  return {
    ...(Object.keys(options).length > 0 ? { driver_opts: options } : {}),
    ...(hasIpv6(written) ? { enable_ipv6: true } : {}),
  };
}

/** What a link has of its base network: packets that one side sends must fit through the other. */
export function linkOptions(written: ComposeNetwork | null | undefined): Readonly<Record<string, string>> {
  const size = optionsOf(written)[mtu];
  return size === undefined ? {} : { [mtu]: size };
}

/**
 * A private IPv6 network for a network that wants one: engines before 27 choose none by themselves. Always the same for a
 * name. https://www.rfc-editor.org/rfc/rfc4193#section-3.1
 */
export function privateIpv6(written: ComposeNetwork | null | undefined, name: string): readonly string[] {
  if (!hasIpv6(written)) return [];
  const digits = createHash("sha256").update(name).digest("hex");
  return [`fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 10)}:${digits.slice(10, 14)}::/64`];
}

function hasIpv6(written: ComposeNetwork | null | undefined): boolean {
  return isBridge(written) && written?.["enable_ipv6"] === true;
}

function optionsOf(written: ComposeNetwork | null | undefined): Readonly<Record<string, string>> {
  const options = written?.["driver_opts"];
  if (!isBridge(written) || typeof options !== "object" || options === null) return {};
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)]));
}

/** Options of other drivers say nothing to a bridge, which networks of slots are. */
function isBridge(written: ComposeNetwork | null | undefined): boolean {
  return written?.external !== true && (written?.driver ?? "bridge") === "bridge";
}
