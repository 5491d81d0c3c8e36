import type { CallOptions, ComposeModel } from "@sluice/core";
import { composeModel } from "../engine/compose-model.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";

/** Real name of each network of the model by its key. */
export function networkNames(model: ComposeModel): Readonly<Record<string, string>> {
  const entries = Object.entries(model.networks ?? {});
  return Object.fromEntries(entries.map(([key, network]) => [key, network?.name ?? `${model.name}_${key}`]));
}

/**
 * Networks and named volumes of the base project, made by Compose itself, so that it takes them for its own later. Slots
 * refer to them as external. A service of no replicas carries them: nothing is created but what it names.
 */
export async function ensureBaseResources(engine: Engine, model: ComposeModel, options: CallOptions): Promise<void> {
  if (await allThere(engine, model)) return;
  const volumes = ownKeys(model.volumes).map((source) => ({ type: "volume", source, target: `/${source}` }));
  const networks = Object.fromEntries(ownKeys(model.networks).map((key) => [key, null]));
  const carrier = {
    image: "sluice/none",
    pull_policy: "never",
    deploy: { replicas: 0 },
    scale: 0,
    networks,
    volumes,
  };
  const { name, networks: allNetworks, volumes: allVolumes } = model;
  await composeModel(
    engine,
    { name, services: { "sluice-networks": carrier }, networks: allNetworks, volumes: allVolumes },
    ["up", "--no-start", "--no-build"],
    { ...options, failed: `networks and volumes of ${name} cannot be made` },
  );
}

async function allThere(engine: Engine, model: ComposeModel): Promise<boolean> {
  const docker = await engine.docker();
  const names = (kind: ComposeModel["networks"] | ComposeModel["volumes"]) =>
    ownKeys(kind).map((key) => kind?.[key]?.name ?? `${model.name}_${key}`);
  const found = await Promise.all([
    ...names(model.networks).map((name) => unlessStatus(docker.getNetwork(name).inspect(), [404], null)),
    ...names(model.volumes).map((name) => unlessStatus(docker.getVolume(name).inspect(), [404], null)),
  ]);
  return found.every((object) => object !== null);
}

function ownKeys(objects: ComposeModel["networks"] | ComposeModel["volumes"]): readonly string[] {
  return Object.entries(objects ?? {}).flatMap(([key, object]) => (object?.external ? [] : [key]));
}
