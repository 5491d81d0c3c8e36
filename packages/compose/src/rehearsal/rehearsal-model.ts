import { join } from "node:path/posix";
import {
  type ComposeModel,
  type ComposeService,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { escapeDollars, unescapeDollars } from "../model/dollars.ts";
import { slotMounts } from "../model/mounts.ts";
import { networkKeys } from "../model/networks.ts";
import { assembled, onceOnly, type PlaceRequest, type SlotModelOptions, slotService } from "../model/slot-model.ts";
import type { ClosedPlaces } from "./closed-places.ts";

/**
 * Data services that must run beside the given ones, beside the database: what they depend on, and what that depends on.
 * They are started empty.
 */
export function companionsOf(
  facts: readonly ServiceFacts[],
  services: readonly string[],
  database: string,
): readonly string[] {
  const byName = new Map(facts.map((service) => [service.name, service]));
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const needed of byName.get(name)?.dependsOn ?? []) {
      if (needed !== database && byName.get(needed)?.role === "data") found.add(needed);
      visit(needed);
    }
  };
  for (const name of services) visit(name);
  return [...found].toSorted();
}

/** Keys of the networks that the services are on; all of them are made anew, none leads anywhere else. */
export function rehearsalNetworks(model: ComposeModel, services: readonly string[]): readonly string[] {
  return [...new Set(services.flatMap((name) => networkKeys(model.services[name])))].toSorted();
}

export interface RehearsalModelOptions extends SlotModelOptions {
  /** What stands in the place of a volume or directory of the model: a volume of the engine, by its name. */
  readonly copied?: { readonly source: string; readonly volume: string } | undefined;
  /** What of the host's directories is left out, beside the places where every host has its sockets; default nothing. */
  readonly closed?: ClosedPlaces | undefined;
}

const copyKey = "sluice-copy";

/**
 * Services of a release as one container each, in networks that lead nowhere else: without the volumes of production,
 * whose places are empty, and with what they mount from the host only to be read.
 *
 * @throws SluiceError SERVICE_REFUSED for a service that shares a network or namespace with something else
 */
export function rehearsalModel(
  request: PlaceRequest,
  services: readonly string[],
  options: RehearsalModelOptions,
): ComposeModel {
  const { copied } = options;
  const rehearsed = services.map((name) => [name, rehearsalService(request, name, options)] as const);
  const model = assembled(request, options, Object.fromEntries(rehearsed));
  const networks = Object.entries(model.networks ?? {}).map(([key, network]) => [key, { ...network, internal: true }]);
  // The only volume with a name: all others are empty ones.
  const volumes = copied && model.volumes?.[copyKey] ? { [copyKey]: { name: copied.volume, external: true } } : {};
  return { ...model, networks: Object.fromEntries(networks), volumes };
}

/** Sources of what the services mount from the host, as the model has them. */
export function hostSources({ release }: PlaceRequest, service: string): readonly string[] {
  const mounts = slotMounts(release, release.model.services[service]?.volumes ?? []);
  return mounts.flatMap(({ type, source }) => (type === "bind" && source ? [source] : []));
}

/** For people: what of the host the service does not see in its rehearsal. */
export function leftOut(
  request: PlaceRequest,
  service: string,
  { closed, copied }: Pick<RehearsalModelOptions, "closed" | "copied">,
): readonly string[] {
  const sources = hostSources(request, service).filter((source) => source !== copied?.source);
  return sources.flatMap((source) =>
    closedIn(source, closed).map((path) => {
      const place = join(unescapeDollars(source), path);
      return `what ${service} does with ${place}: it is left out, as a server of production may be reached there`;
    }),
  );
}

/** The release with another command of a service. */
export function withCommand(release: StoredRelease, service: string, command: readonly string[]): StoredRelease {
  const { model } = release;
  const changed = { ...model.services[service], command: command.map(escapeDollars) };
  return { ...release, model: { ...model, services: { ...model.services, [service]: changed } } };
}

const reachesOut = ["network_mode", "pid", "ipc", "privileged", "devices", "use_api_socket"];

function rehearsalService(
  request: PlaceRequest,
  name: string,
  { copied, closed }: Pick<RehearsalModelOptions, "copied" | "closed">,
): ComposeService {
  const written = request.release.model.services[name];
  const shared = reachesOut.find((key) => isSet(written?.[key]));
  if (shared !== undefined) {
    throw new SluiceError("SERVICE_REFUSED", `${name} has ${shared}: it cannot be kept away from production`, {
      hint: "it cannot be rehearsed",
    });
  }
  const { volumes = [], ...rest } = onceOnly(slotService(request, name, "rehearsal"));
  const mounts = volumes.flatMap((mount) => rehearsalMount(mount, copied?.source, closed));
  const own = new Set(mounts.map(({ target }) => target));
  const empty = volumes.flatMap((mount) => emptyPlaces(mount, closed)).filter(({ target }) => !own.has(target));
  return { ...rest, ...(written?.volumes ? { volumes: [...mounts, ...empty] } : {}) };
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
}

type Mount = NonNullable<ComposeService["volumes"]>[number];

function rehearsalMount(mount: Mount, copied: string | undefined, closed: ClosedPlaces | undefined): readonly Mount[] {
  const { target, source, read_only } = mount;
  if (copied !== undefined && source === copied) {
    return [{ type: "volume", source: copyKey, target, ...(read_only ? { read_only } : {}) }];
  }
  if (mount.type === "volume") return [{ type: "volume", target: mount.target }];
  if (mount.type !== "bind") return [mount];
  return closedIn(source, closed).includes("") ? [] : [{ ...mount, read_only: true }];
}

/** What lies over the places within a mount that are closed. */
function emptyPlaces({ type, source, target }: Mount, closed: ClosedPlaces | undefined): readonly Mount[] {
  const places = type === "bind" ? closedIn(source, closed) : [];
  if (places.includes("")) return [];
  return places.map((path) => ({ type: "volume", target: join(target, escapeDollars(path)) }));
}

function closedIn(source = "", closed: ClosedPlaces = new Map()): readonly string[] {
  return mayHoldSockets(source) ? [""] : (closed.get(source) ?? []);
}

/** Read-only or not, whoever reaches a socket can change what is behind it. Those of a host lie in `/run`, or in a volume of the engine. */
function mayHoldSockets(source: string): boolean {
  return (
    /^\/(?:var(?:\/lib)?\/?)?$/.test(source) ||
    /^\/(?:(?:var\/)?run|var\/lib\/docker)(?:\/|$)/.test(source) ||
    source.endsWith(".sock")
  );
}
