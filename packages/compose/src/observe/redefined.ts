import {
  type ComposeModel,
  type ComposeNetwork,
  type ComposeVolume,
  type RedefinedResource,
  type ResolvedProject,
  volumeNames,
  volumesOf,
} from "@sluice/core";
import type { NetworkInspectInfo, VolumeInspectInfo } from "dockerode";
import { composeLabels } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { networkNames } from "../networks/base-networks.ts";
import { formatCidr, parseCidr } from "../networks/cidr.ts";

type Network = Pick<
  NetworkInspectInfo,
  "Name" | "Driver" | "Internal" | "Attachable" | "EnableIPv6" | "IPAM" | "Options"
>;
type Volume = Pick<VolumeInspectInfo, "Name" | "Driver" | "Options">;

interface Found {
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
}

interface FoundResources extends Found {
  /** Names of volumes of which the engine says that they are not there. */
  readonly missingVolumes: readonly string[];
}

/** A warning is worth no longer wait; milliseconds. */
const patienceMs = 2_000;

/**
 * Networks and volumes of the model that Compose has made for the stack, and its volumes that are not there, without those that
 * the engine does not tell of in time. Each is asked for by its name: to list volumes, the engine asks every volume plugin there is.
 */
export async function findResources(
  engine: Engine,
  model: ComposeModel,
  signal?: AbortSignal,
): Promise<FoundResources> {
  signal?.throwIfAborted();
  const ended = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  const over = new Promise<null>((resolve) => ended.addEventListener("abort", () => resolve(null), { once: true }));
  const docker = await engine.docker();
  const [networks, volumes] = await Promise.all([
    ownOf(model.networks, networkNames(model), (name) => docker.getNetwork(name).inspect()),
    ownOf(model.volumes, volumeNames(model), (name) => docker.getVolume(name).inspect()),
  ]);
  signal?.throwIfAborted();
  return { networks: networks.own, volumes: volumes.own, missingVolumes: volumes.missing };

  async function ownOf<T extends Labelled>(
    written: ComposeModel["networks"] | ComposeModel["volumes"],
    names: Readonly<Record<string, string>>,
    inspect: (name: string) => Promise<T>,
  ): Promise<{ readonly own: readonly T[]; readonly missing: readonly string[] }> {
    const asked = Object.entries(names).flatMap(([key, name]) => (written?.[key]?.external ? [] : [name]));
    // One that is not there, or cannot be told of, hides no other.
    const look = (name: string) => unlessStatus(inspect(name), [404], "missing" as const).catch(() => null);
    const found = await Promise.all(asked.map((name) => Promise.race([look(name), over])));
    const there = found.flatMap((one) => (one === null || one === "missing" ? [] : [one]));
    return {
      own: there.filter(({ Labels }) => Labels?.[composeLabels.project] === model.name),
      missing: asked.filter((_name, index) => found[index] === "missing"),
    };
  }
}

interface Labelled {
  readonly Labels?: Readonly<Record<string, string>> | null | undefined;
}

/**
 * Networks and volumes that are there and that the model defines otherwise, as far as it can be told. Pure. What the
 * engine itself may add to a network (options, subnets, IPv6) counts only where the model says something of it.
 */
export function redefinedResources(model: ComposeModel, found: Found): readonly RedefinedResource[] {
  const networks = networkNames(model);
  const volumes = volumeNames(model);
  const ofNetworks = Object.entries(model.networks ?? {}).flatMap(([key, written]) => {
    const network = found.networks.find(({ Name }) => Name === networks[key]);
    if (!network || written?.external) return [];
    return redefined("network", key, network.Name, networkDifferences(written ?? {}, network));
  });
  const ofVolumes = Object.entries(model.volumes ?? {}).flatMap(([key, written]) => {
    const volume = found.volumes.find(({ Name }) => Name === volumes[key]);
    if (!volume || written?.external) return [];
    return redefined("volume", key, volume.Name, volumeDifferences(written ?? {}, volume));
  });
  return [...ofNetworks, ...ofVolumes];
}

/** Volumes that are not there, by the active services that are to have them. Pure. */
export function missingVolumes(
  { model, services }: Pick<ResolvedProject, "model" | "services">,
  { missingVolumes: missing }: Pick<FoundResources, "missingVolumes">,
): Readonly<Record<string, readonly string[]>> {
  const entries = services.flatMap(({ name, active }) => {
    const own = active ? volumesOf(model, name).filter((volume) => missing.includes(volume)) : [];
    return own.length > 0 ? [[name, own] as const] : [];
  });
  return Object.fromEntries(entries);
}

function redefined(
  kind: RedefinedResource["kind"],
  key: string,
  name: string,
  parts: Readonly<Record<string, boolean>>,
): readonly RedefinedResource[] {
  const differing = Object.keys(parts).filter((part) => parts[part]);
  return differing.length > 0 ? [{ kind, key, name, differing }] : [];
}

function networkDifferences(written: ComposeNetwork, network: Network): Readonly<Record<string, boolean>> {
  const options = Object.entries(optionsOf(written["driver_opts"]));
  const ipv6 = written["enable_ipv6"];
  return {
    driver: !isDriver(written.driver, "bridge", network.Driver),
    driver_opts: options.some(([name, value]) => network.Options?.[name] !== value),
    internal: (written.internal ?? false) !== Boolean(network.Internal),
    attachable: (written["attachable"] ?? false) !== Boolean(network.Attachable),
    enable_ipv6: ipv6 !== undefined && ipv6 !== Boolean(network.EnableIPv6),
    ipam: !hasAddresses(written["ipam"], network),
  };
}

function volumeDifferences(written: ComposeVolume, volume: Volume): Readonly<Record<string, boolean>> {
  const [wanted, there] = [optionsOf(written["driver_opts"]), volume.Options ?? {}];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(there)])];
  return {
    driver: !isDriver(written["driver"], "local", volume.Driver),
    driver_opts: names.some((name) => wanted[name] !== there[name]),
  };
}

/** The engine names a managed plugin with its tag. */
function isDriver(written: unknown, usual: string, there: string): boolean {
  const bare = (name: unknown) => String(name).replace(/:latest$/, "");
  return bare(written ?? usual) === bare(there);
}

/** As the engine gets them: text, unescaped. */
function optionsOf(options: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(options ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, unescapeDollars(String(value))]));
}

interface Ipam {
  readonly driver?: string;
  readonly config?: readonly { readonly subnet?: string; readonly gateway?: string; readonly ip_range?: string }[];
}

/** Whether a network has all addresses that are written for it. */
function hasAddresses(written: unknown, { IPAM }: Network): boolean {
  const { driver, config } = (written ?? {}) as Ipam;
  if (driver !== undefined && driver !== IPAM?.Driver) return false;
  return (config ?? []).every(({ subnet, gateway, ip_range: range }) =>
    (IPAM?.Config ?? []).some(
      (there) =>
        isAsWritten(subnet, there["Subnet"]) &&
        isAsWritten(gateway, there["Gateway"]) &&
        isAsWritten(range, there["IPRange"]),
    ),
  );
}

function isAsWritten(written: string | undefined, there: string | undefined): boolean {
  return written === undefined || (there !== undefined && plainAddress(written) === plainAddress(there));
}

/** An address or network, written as every other way to write it. */
function plainAddress(text: string): string {
  const cidr = parseCidr(text);
  if (cidr) return formatCidr(cidr);
  const [address = "", prefix] = text.split("/");
  const url = `http://[${address}]/`;
  const plain = address.includes(":") && URL.canParse(url) ? new URL(url).hostname : address;
  return prefix === undefined ? plain : `${plain}/${prefix}`;
}
