import { type ComposeModel, isPinned, type ServiceFacts } from "@sluice/core";
import { composeLabels, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { serviceHashes } from "../model/service-hashes.ts";
import { asGivenMore, isGivenMore, type MadeContainer } from "./given-by-compose.ts";
import { isJoined, joinedTo } from "./joined-containers.ts";

export interface HashedContainer {
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
}

/**
 * Whether a container is made from what the model says of its service. What is built is compared without its image: a
 * release names it anew each time, and whether the image differs is told by ids.
 */
export function isCurrent(container: HashedContainer, hashes: readonly string[] | undefined): boolean {
  return hashes?.includes(container.Config.Labels[composeLabels.configHash] ?? "") ?? false;
}

export interface Made {
  /** Those of base; `built` has the names of the images of what is built. */
  readonly containers: readonly MadeContainer[];
  readonly built: Readonly<Record<string, string>>;
}

/** Every hash that a container of each service may carry. */
export async function acceptedHashes(
  engine: Engine,
  model: ComposeModel,
  { containers, built }: Made,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const isMore = isGivenMore(model);
  const options = { env: engine.env, memo: engine.memo, cwd: "/", signal, isInconsistent: isMore };
  const plain = await hashesOf(engine, model);
  const joined = isJoined(model) ? joinedTo(model, await listBase(engine, model.name, signal)) : model;
  const made = isMore ? asGivenMore(joined, containers) : joined;
  const variants = [
    ...(made === model ? [] : [made]),
    ...(Object.keys(built).length === 0 ? [] : [withImages(made, built)]),
  ];
  const all = [plain, ...(await Promise.all(variants.map((variant) => serviceHashes(variant, options))))];
  return Object.fromEntries(Object.keys(plain).map((name) => [name, all.flatMap((hashes) => hashes[name] ?? [])]));
}

function withImages(model: ComposeModel, images: Readonly<Record<string, string>>): ComposeModel {
  const services = Object.entries(model.services).map(
    ([name, service]) => [name, images[name] === undefined ? service : { ...service, image: images[name] }] as const,
  );
  return { ...model, services: Object.fromEntries(services) };
}

const known = new WeakMap<ComposeModel, Promise<Readonly<Record<string, readonly string[]>>>>();

/** Two runs of Compose, where it was not asked before; a model that was resolved once does not change. */
function hashesOf(engine: Engine, model: ComposeModel): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = known.get(model);
  if (found) return found;
  const asked = serviceHashes(model, { env: engine.env, memo: engine.memo, cwd: "/" });
  known.set(model, asked);
  asked.catch(() => known.delete(model));
  return asked;
}

/** Names of the images of base containers whose services are pinned: they are ids, and that of the container before is another. */
export function builtImages(
  containers: readonly HashedContainer[],
  services: readonly ServiceFacts[],
): Readonly<Record<string, string>> {
  const pinned = new Set(services.filter(isPinned).map(({ name }) => name));
  const entries = containers.map(({ Config }) => [Config.Labels[composeLabels.service] ?? "", Config.Image] as const);
  return Object.fromEntries(entries.filter(([service]) => pinned.has(service)));
}
