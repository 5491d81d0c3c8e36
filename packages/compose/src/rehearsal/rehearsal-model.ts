import {
  type ComposeModel,
  type ComposeService,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import { escapeDollars } from "../model/dollars.ts";
import { networkKeys } from "../model/networks.ts";
import { assembled, onceOnly, type PlaceRequest, type SlotModelOptions, slotService } from "../model/slot-model.ts";

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
  const rehearsed = services.map((name) => [name, rehearsalService(request, name, copied?.source)] as const);
  const model = assembled(request, options, Object.fromEntries(rehearsed));
  const networks = Object.entries(model.networks ?? {}).map(([key, network]) => [key, { ...network, internal: true }]);
  // The only volume with a name: all others are empty ones.
  const volumes = copied && model.volumes?.[copyKey] ? { [copyKey]: { name: copied.volume, external: true } } : {};
  return { ...model, networks: Object.fromEntries(networks), volumes };
}

/** The release with another command of a service. */
export function withCommand(release: StoredRelease, service: string, command: readonly string[]): StoredRelease {
  const { model } = release;
  const changed = { ...model.services[service], command: command.map(escapeDollars) };
  return { ...release, model: { ...model, services: { ...model.services, [service]: changed } } };
}

function rehearsalService(request: PlaceRequest, name: string, copied: string | undefined): ComposeService {
  const written = request.release.model.services[name];
  const shared = ["network_mode", "pid", "ipc", "privileged", "devices"].find((key) => isSet(written?.[key]));
  if (shared !== undefined) {
    throw new SluiceError("SERVICE_REFUSED", `${name} has ${shared}: it cannot be kept away from production`, {
      hint: "it cannot be rehearsed",
    });
  }
  const { volumes, ...rest } = onceOnly(slotService(request, name, "rehearsal"));
  const mounts = volumes?.flatMap((mount) => rehearsalMount(mount, copied));
  return { ...rest, ...(mounts ? { volumes: mounts } : {}) };
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
}

type Mount = NonNullable<ComposeService["volumes"]>[number];

function rehearsalMount(mount: Mount, copied: string | undefined): readonly Mount[] {
  const { target, source, read_only } = mount;
  if (copied !== undefined && source === copied) {
    return [{ type: "volume", source: copyKey, target, ...(read_only ? { read_only } : {}) }];
  }
  if (mount.type === "volume") return [{ type: "volume", target: mount.target }];
  if (mount.type !== "bind") return [mount];
  return mayHoldSockets(mount.source ?? "") ? [] : [{ ...mount, read_only: true }];
}

/** Read-only or not, whoever reaches a socket can change what is behind it. Those of a host lie in `/run`. */
function mayHoldSockets(source: string): boolean {
  return (
    source === "/" || /^\/var\/?$/.test(source) || /^(?:\/var)?\/run(?:\/|$)/.test(source) || source.endsWith(".sock")
  );
}
