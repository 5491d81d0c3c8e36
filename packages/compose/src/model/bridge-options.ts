import { createHash } from "node:crypto";
import type { ComposeNetwork } from "@sluice/core";

/** Names one interface of the host, so only one network can have it. */
const interfaceName = "com.docker.network.bridge.name";
const mtu = "com.docker.network.driver.mtu";

const masquerade = "com.docker.network.bridge.enable_ip_masquerade";
const gatewayMode = "com.docker.network.bridge.gateway_mode_ipv4";
const gatewayModes = [gatewayMode, "com.docker.network.bridge.gateway_mode_ipv6"];

/**
 * What a slot's network has of the one that it stands for: how its packets travel, and who may speak with whom. Not that they are
 * routed: a router beyond this machine may know the way to the network of the file, and none knows that to a slot.
 */
export function bridgeOptions(written: ComposeNetwork | null | undefined): ComposeNetwork {
  const all = optionsOf(written);
  const modes = isRouted(written) ? gatewayModes.filter((mode) => all[mode] === "routed") : [];
  const dropped = [interfaceName, ...modes, ...(modes.includes(gatewayMode) ? [masquerade] : [])];
  const options = Object.entries(all).filter(([name]) => !dropped.includes(name));
  return {
    ...(options.length > 0 ? { driver_opts: Object.fromEntries(options) } : {}),
    ...(hasIpv6(written) ? { enable_ipv6: true } : {}),
  };
}

/** Whether what leaves a network keeps its addresses, as something beyond this machine knows the way back. */
export function isRouted(written: ComposeNetwork | null | undefined): boolean {
  const options = optionsOf(written);
  return written?.internal !== true && gatewayModes.some((mode) => options[mode] === "routed");
}

/**
 * Whether the addresses of a network are written in the file, and what leaves it keeps them: it may be routed, too. Without
 * addresses nobody can know a way back, and it is shut in.
 */
export function mayBeRouted(written: ComposeNetwork | null | undefined): boolean {
  const { config = [] } = (written?.["ipam"] ?? {}) as { readonly config?: readonly object[] };
  const isAsItIs = optionsOf(written)[masquerade]?.toLowerCase() === "false";
  return isAsItIs && written?.internal !== true && config.some((one) => "subnet" in one);
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
