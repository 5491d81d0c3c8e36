import type { CallOptions, ComposeModel } from "@sluice/core";
import { composeModel } from "../engine/compose-model.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { volumeKeys } from "../model/mounts.ts";
import { networkKeys } from "../model/networks.ts";

type Resources = NonNullable<ComposeModel["networks"] | ComposeModel["volumes"]>;

/** Real name of each network of the model by its key. */
export function networkNames(model: ComposeModel): Readonly<Record<string, string>> {
  return namesOf(model, model.networks);
}

/** Networks and named volumes that the services use: what only others have may be nothing that this engine can make. Pure. */
export function resourcesOf(
  model: ComposeModel,
  services: readonly string[],
): { readonly networks: Resources; readonly volumes: Resources } {
  const ofKeys = (resources: Resources | undefined, used: readonly string[]): Resources =>
    Object.fromEntries(Object.entries(resources ?? {}).filter(([key]) => used.includes(key)));
  const written = services.map((name) => model.services[name] ?? {});
  return {
    networks: ofKeys(model.networks, written.flatMap(networkKeys)),
    volumes: ofKeys(model.volumes, written.flatMap(volumeKeys)),
  };
}

/**
 * What the services use of the networks and named volumes of the base project, made by Compose itself, so that it takes them for
 * its own later. Slots refer to them as external. A service of no replicas carries them: nothing is created but what it names. What is there
 * is left out, as Compose would remove a network that is defined otherwise now, with all that is on it stopped.
 */
export async function ensureBaseResources(
  engine: Engine,
  model: ComposeModel,
  services: readonly string[],
  options: CallOptions,
): Promise<void> {
  const docker = await engine.docker();
  const used = resourcesOf(model, services);
  const [networks, volumes] = await Promise.all([
    missing(model, used.networks, (name) => docker.getNetwork(name).inspect()),
    missing(model, used.volumes, (name) => docker.getVolume(name).inspect()),
  ]);
  const keys = { networks: Object.keys(networks), volumes: Object.keys(volumes) };
  if (keys.networks.length + keys.volumes.length === 0) return;
  const carrier = {
    image: "sluice/none",
    pull_policy: "never",
    deploy: { replicas: 0 },
    scale: 0,
    ...(keys.networks.length > 0
      ? { networks: Object.fromEntries(keys.networks.map((key) => [key, null])) }
      : { network_mode: "none" }),
    volumes: keys.volumes.map((source) => ({ type: "volume", source, target: `/${source}` })),
  };
  const { name } = model;
  await composeModel(
    engine,
    { name, services: { "sluice-networks": carrier }, networks, volumes },
    ["up", "--no-start", "--no-build"],
    { ...options, failed: `networks and volumes of ${name} cannot be made` },
  );
}

/**
 * The model for making one service of it, with networks and volumes as they are on the engine, whatever it says of them: Compose makes
 * none and changes none. The other services are there by name alone: Compose 2.26 would look for what they use.
 */
export function onExistingResources(model: ComposeModel, service: string): ComposeModel {
  const { networks, volumes } = resourcesOf(model, [service]);
  const names = Object.keys(model.services).map((name) => [name, { image: "sluice/none", network_mode: "none" }]);
  const written = model.services[service];
  return {
    ...model,
    services: { ...Object.fromEntries(names), ...(written && { [service]: written }) },
    networks: external(model, networks),
    volumes: external(model, volumes),
  };
}

function external(model: ComposeModel, resources: Resources): Resources {
  const names = Object.entries(namesOf(model, resources));
  return Object.fromEntries(names.map(([key, name]) => [key, { name, external: true }]));
}

async function missing(
  model: ComposeModel,
  resources: Resources,
  inspect: (name: string) => Promise<unknown>,
): Promise<Resources> {
  const names = namesOf(model, resources);
  const own = Object.entries(resources).filter(([, resource]) => !resource?.external);
  const found = await Promise.all(own.map(([key]) => unlessStatus(inspect(names[key] ?? key), [404], null)));
  return Object.fromEntries(own.filter((_one, index) => found[index] === null));
}

function namesOf({ name: project }: ComposeModel, resources: Resources | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(resources ?? {});
  return Object.fromEntries(entries.map(([key, resource]) => [key, resource?.name ?? `${project}_${key}`]));
}
