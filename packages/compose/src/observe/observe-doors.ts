import {
  isBehindDoor,
  isFullDisk,
  labels,
  messageOf,
  type ObservedDoor,
  type ResolvedProject,
  type Slot,
  slots,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import { isOn, parseAddresses } from "../doors/addresses.ts";
import { isDark, servingDoor } from "../doors/serving-door.ts";
import { type SpecRequest, sameSpec, specHash } from "../doors/spec-hash.ts";
import { differingParts, specParts } from "../doors/spec-parts.ts";
import type { ReadRouting } from "../doors/wait-door.ts";
import { linkedNetworks } from "../model/networks.ts";

/** What a door would be made from now. `secret` tells whether the preview secret in it is the real one. */
export interface WantedDoor {
  readonly request: SpecRequest;
  readonly secret: boolean;
}
export type WantedDoorOf = (
  project: ResolvedProject,
  service: string,
  servers: NonNullable<ReturnType<typeof parseAddresses>>,
) => Promise<WantedDoor | null>;

export interface DoorObservation {
  readonly project: ResolvedProject;
  readonly containers: readonly Docker.ContainerInspectInfo[];
  readonly readRouting: ReadRouting;
  readonly wanted: WantedDoorOf;
  readonly signal: AbortSignal | undefined;
}

/** Doors by service: of every web service that has one, or should have one. */
export async function observeDoors(observation: DoorObservation): Promise<Readonly<Record<string, ObservedDoor>>> {
  const { project, containers } = observation;
  const webs = project.services.filter(isBehindDoor);
  const names = new Set([
    ...webs.map(({ name }) => name),
    ...containers.map(({ Config }) => Config.Labels[labels.service] ?? ""),
  ]);
  const doors = await Promise.all(
    [...names].map(async (service) => [service, await observeDoor(observation, service)] as const),
  );
  return Object.fromEntries(doors);
}

async function observeDoor(observation: DoorObservation, service: string): Promise<ObservedDoor> {
  const { project, containers, readRouting, signal } = observation;
  const own = containers.filter(({ Config }) => Config.Labels[labels.service] === service);
  const door = servingDoor(project.stack, service, own);
  if (!door) return { service, state: "absent", reason: "it is not there yet", containerId: null, routing: null };
  const containerId = door.Id;
  if (!door.State.Running) {
    return { service, state: "stopped", reason: `it is ${door.State.Status}`, containerId, routing: null };
  }
  const unreached = whyUnreached(project.stack, door);
  const [{ routing, isDiskFull }, outdated] = await Promise.all([
    routingOf(readRouting, containerId, signal),
    unreached ?? whyOutdated(observation, service, door),
  ]);
  if (unreached)
    return { service, state: "outdated", reason: unreached, containerId, isUnreached: true, routing, isDiskFull };
  if (outdated) return { service, state: "outdated", reason: outdated, containerId, routing, isDiskFull };
  const strays = straySlots(project, service, door);
  const reason = routing ? "" : "it does not answer";
  return { service, state: "current", reason, containerId, routing, isDiskFull, strays };
}

/** Slots to which the door leads over the link of a network that the service is on no more: another release serves there. */
function straySlots(
  { stack, model, services }: ResolvedProject,
  service: string,
  { Config, NetworkSettings }: Docker.ContainerInspectInfo,
): readonly Slot[] {
  const servers = parseAddresses(Config.Labels[labels.addresses] ?? "");
  const facts = services.find(({ name }) => name === service);
  if (!servers || !facts) return [];
  const keys = linkedNetworks(model, [facts]);
  return slots.filter((slot) =>
    Object.entries(NetworkSettings.Networks).some(([name, { IPAddress, IPPrefixLen }]) => {
      const prefix = stackNames.link(stack, slot, "");
      // Between two restarts a container has no address.
      if (!IPAddress || !name.startsWith(prefix) || keys.includes(name.slice(prefix.length))) return false;
      return isOn({ subnet: `${IPAddress}/${IPPrefixLen}` }, servers[slot]);
    }),
  );
}

async function routingOf(
  readRouting: ReadRouting,
  door: string,
  signal?: AbortSignal,
): Promise<Pick<ObservedDoor, "routing" | "isDiskFull">> {
  try {
    return { routing: await readRouting(door, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    return { routing: null, isDiskFull: isFullDisk(messageOf(error)) };
  }
}

/** A port goes with the network that it was published on, and the engine has been seen to publish none. */
export function whyUnreached(
  stack: string,
  { NetworkSettings, HostConfig }: Pick<Docker.ContainerInspectInfo, "NetworkSettings" | "HostConfig">,
): string | undefined {
  if (isDark(stack, Object.keys(NetworkSettings.Networks))) return "it is on none of its networks";
  const wanted = Object.entries((HostConfig.PortBindings ?? {}) as Docker.PortMap);
  for (const [target, bindings] of wanted) {
    const open = NetworkSettings.Ports[target] ?? [];
    const missing = bindings.find(({ HostPort }) => !open.some((one) => HostPort === "" || one.HostPort === HostPort));
    if (missing) return `its port ${missing.HostPort || target} is not published`;
  }
  return undefined;
}

async function whyOutdated(
  { project, wanted }: DoorObservation,
  service: string,
  { Config }: Docker.ContainerInspectInfo,
): Promise<string> {
  const servers = parseAddresses(Config.Labels[labels.addresses] ?? "");
  if (!servers) return "its addresses cannot be read";
  const facts = project.services.find(({ name }) => name === service);
  // What has no door in the release gives no measure of one.
  if (!facts || !isBehindDoor(facts)) return "";
  const room = Math.min(servers.blue.length, servers.green.length);
  if (facts.replicas > room) {
    return `it has room for ${room} replicas, ${facts.replicas} are wanted`;
  }
  const want = await wanted(project, service, servers);
  if (!want || sameSpec(Config.Labels[labels.spec], specHash(want.request), want.secret)) return "";
  const parts = differingParts(Config.Labels[labels.specParts], specParts(want.request));
  return parts.length > 0 ? `its ${listed(parts)} changed` : "its ports, names, labels, image or settings changed";
}

/** `ports`, `ports and image`, `ports, labels and image`. */
const listed = (words: readonly string[]) => new Intl.ListFormat("en-GB").format(words);
