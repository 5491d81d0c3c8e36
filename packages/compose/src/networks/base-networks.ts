import type { CallOptions, ComposeModel } from "@sluice/core";
import { composeModel } from "../engine/compose-model.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";

type Resources = NonNullable<ComposeModel["networks"] | ComposeModel["volumes"]>;

/** Real name of each network of the model by its key. */
export function networkNames(model: ComposeModel): Readonly<Record<string, string>> {
  return namesOf(model, model.networks);
}

/**
 * Networks and named volumes of the base project, made by Compose itself, so that it takes them for its own later. Slots
 * refer to them as external. A service of no replicas carries them: nothing is created but what it names. What is there
 * is left out, as Compose would remove a network that is defined otherwise now, with all that is on it stopped.
 */
export async function ensureBaseResources(engine: Engine, model: ComposeModel, options: CallOptions): Promise<void> {
  const docker = await engine.docker();
  const [networks, volumes] = await Promise.all([
    missing(model, model.networks, (name) => docker.getNetwork(name).inspect()),
    missing(model, model.volumes, (name) => docker.getVolume(name).inspect()),
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

/** The model with its networks and volumes as they are on the engine, whatever it says of them: Compose makes none and changes none. */
export function onExistingResources(model: ComposeModel): ComposeModel {
  return { ...model, networks: external(model, model.networks), volumes: external(model, model.volumes) };
}

function external(model: ComposeModel, resources: Resources | undefined): Resources {
  const names = Object.entries(namesOf(model, resources));
  return Object.fromEntries(names.map(([key, name]) => [key, { name, external: true }]));
}

async function missing(
  model: ComposeModel,
  resources: Resources | undefined,
  inspect: (name: string) => Promise<unknown>,
): Promise<Resources> {
  const names = namesOf(model, resources);
  const own = Object.entries(resources ?? {}).filter(([, resource]) => !resource?.external);
  const found = await Promise.all(own.map(([key]) => unlessStatus(inspect(names[key] ?? key), [404], null)));
  return Object.fromEntries(own.filter((_one, index) => found[index] === null));
}

function namesOf({ name: project }: ComposeModel, resources: Resources | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(resources ?? {});
  return Object.fromEntries(entries.map(([key, resource]) => [key, resource?.name ?? `${project}_${key}`]));
}
