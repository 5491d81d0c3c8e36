import {
  assertReleaseTag,
  type BuiltImages,
  type CallOptions,
  type ImageBuilder,
  isBuiltAs,
  mountedImages,
  otherBuilderOf,
  type ResolvedProject,
  stackNames,
  type TakenImage,
} from "@sluice/core";
import type { Engine } from "../engine/engine.ts";
import { buildImages } from "./build-images.ts";
import { findAndBuild } from "./find-and-build.ts";
import { findImages } from "./find-images.ts";
import { findMounted } from "./find-mounted.ts";
import { digestsOf, takeImage } from "./image-digests.ts";
import { imageFacts } from "./image-facts.ts";
import { imageId } from "./image-id.ts";
import { imageTagOf } from "./image-tag.ts";
import { listTagged } from "./list-tagged.ts";
import { nameImages } from "./name-again.ts";
import { removeTags, sweepPassing } from "./remove-tags.ts";

export function createImageBuilder(engine: Engine): ImageBuilder {
  return {
    build: (project, tag, options) => build(engine, project, tag, options),
    take: (project, tag, images, options) => take(engine, project, tag, images, options),
    pull: ({ model }, services, options = {}) => findImages(engine, model, services, options),
    facts: (project, images, signal) => imageFacts(engine, project, images, signal),
    async missing(images, signal) {
      const found = await Promise.all(
        Object.entries(images).map(async ([service, id]) => {
          signal?.throwIfAborted();
          return (await imageId(engine, id)) === null ? [service] : [];
        }),
      );
      return found.flat();
    },
    nameAgain: (images, options) => nameImages(engine, images, options),
    tagged: (stack, signal) => listTagged(engine, stack, signal),
    removeTags: (tags) => removeTags(engine, tags),
    sweep: (stack, signal) => sweepPassing(engine, stack, { signal }),
  };
}

async function build(
  engine: Engine,
  project: ResolvedProject,
  tag: string,
  options: CallOptions = {},
): Promise<BuiltImages> {
  assertReleaseTag(tag);
  const { model, services, stack } = project;
  const wanted = services.filter(({ active, role }) => active && role !== "tool");
  const built = new Set(wanted.flatMap(({ name }) => (model.services[name]?.build ? [name] : [])));
  const mounted = mountedImages(model, services);
  const sources = new Map([
    ...wanted.map(({ name }) => [name, otherBuilderOf(model, name, [...built])] as const),
    ...mounted.map((name) => [name, [...built].find((one) => isBuiltAs(model, one, name))] as const),
  ]);
  const isPulled = (name: string) => !built.has(name) && sources.get(name) === undefined;
  const named = wanted.map(({ name }) => name).filter(isPulled);
  const [found, made] = await findAndBuild(options, {
    find: async (call) => ({
      ...(await findImages(engine, model, named, call)),
      ...(await findMounted(engine, model, mounted.filter(isPulled), call)),
    }),
    build: async (call) => (built.size > 0 ? buildImages(engine, project, [...built], call) : null),
  });
  try {
    const images: Record<string, string> = { ...found, ...made?.ids };
    for (const [name, source] of sources) if (source && !built.has(name)) images[name] = made?.ids[source] ?? "";
    const kept = { ...(await keepAll(engine, stack, tag, images)), ...(await digestsOf(engine, found)) };
    return made ? { ...kept, reported: made.reported } : kept;
  } finally {
    await made?.discard();
  }
}

async function take(
  engine: Engine,
  { model, services, stack }: ResolvedProject,
  tag: string,
  taken: Readonly<Record<string, TakenImage>>,
  options: CallOptions = {},
): Promise<BuiltImages> {
  assertReleaseTag(tag);
  const others = services.filter(({ name, active, role }) => active && role !== "tool" && !(name in taken));
  const mounted = mountedImages(model, services)
    .filter((name) => !(name in taken))
    .map((name) => {
      const source = Object.keys(taken).find((one) => isBuiltAs(model, one, name));
      return { name, id: source === undefined ? undefined : taken[source]?.id };
    });
  const pulled = mounted.filter(({ id }) => id === undefined).map(({ name }) => name);
  const [found, foundMounted] = await Promise.all([
    findImages(
      engine,
      model,
      others.map(({ name }) => name),
      options,
    ),
    findMounted(engine, model, pulled, options),
    ...Object.entries(taken).map(([name, image]) => takeImage(engine, model, name, image, options)),
  ]);
  const all = { ...found, ...foundMounted };
  const known = [...Object.entries(taken).map(([name, { id }]) => ({ name, id })), ...mounted];
  const ids = Object.fromEntries(known.flatMap(({ name, id }) => (id === undefined ? [] : [[name, id] as const])));
  const digests = Object.entries(taken).flatMap(([name, { digest }]) => (digest ? [[name, digest] as const] : []));
  const kept = await keepAll(engine, stack, tag, { ...all, ...ids });
  return { ...kept, digests: { ...(await digestsOf(engine, all)).digests, ...Object.fromEntries(digests) } };
}

async function keepAll(
  engine: Engine,
  stack: string,
  tag: string,
  images: Readonly<Record<string, string>>,
): Promise<BuiltImages> {
  const tags = await Promise.all(
    Object.entries(images).map(async ([name, id]) => {
      const repository = stackNames.imageRepository(stack, name);
      return [name, await keep(engine, id, repository, tag)] as const;
    }),
  );
  return { images, imageTags: Object.fromEntries(tags) };
}

/**
 * Tags an image so that nothing prunes it. A tag that already keeps another image stays, and this one gets its own: releases
 * `a/b` and `a-b` may both be there.
 */
async function keep(engine: Engine, id: string, repository: string, release: string): Promise<string> {
  const tag = imageTagOf(release);
  const holder = await imageId(engine, `${repository}:${tag}`);
  const free = holder === null || holder === id;
  const own = free ? tag : `${tag.slice(0, 110)}-${id.replace(/^sha256:/, "").slice(0, 12)}`;
  await engine.call(`image ${id} cannot be tagged`, (docker) =>
    docker.getImage(id).tag({ repo: repository, tag: own }),
  );
  return `${repository}:${own}`;
}
