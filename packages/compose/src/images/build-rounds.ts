import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { builtImage, type ComposeModel, type ComposeService, isBuiltAs } from "@sluice/core";
import { contextsOf, withContexts } from "./build-model.ts";
import { imagesNamed } from "./images-named.ts";

/**
 * What builds begin from, by service: the image of another service of the project by the name that its build has for it, and that
 * service. Compose builds in the order of `depends_on`, and finds under such a name what was built before.
 */
export type Beginnings = Readonly<Record<string, Readonly<Record<string, string>>>>;

type Build = NonNullable<ComposeService["build"]>;

const ofRegistry = "docker-image://";

/** Reads the Dockerfiles of a project. What cannot be read begins from nothing here: its build tells. */
export async function readBeginnings(model: ComposeModel): Promise<Beginnings> {
  const builds = Object.entries(model.services).flatMap(([name, { build }]) => (build ? [[name, build] as const] : []));
  if (builds.length < 2) return {};
  const found = await Promise.all(
    builds.map(async ([service, build]) => {
      const others = builds.flatMap(([name]) => (name === service ? [] : builtName(model, name)));
      const names = [...(await namedBy(build, others)), ...Object.entries(imageContexts(build))];
      const begun = names.flatMap(([name, image]) => {
        const other = builds.find(([one]) => one !== service && isBuiltAs(model, one, image))?.[0];
        return other === undefined ? [] : [[name, other] as const];
      });
      return [service, Object.fromEntries(begun)] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, begun]) => Object.keys(begun).length > 0));
}

/**
 * Pairs of a name and the image that it is of: the same, where no context takes the place of the name.
 *
 * @param others names of images that the project builds
 */
async function namedBy(build: Build, others: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const text = await dockerfileOf(build);
  const args = argsOf(build);
  const words = [text, ...Object.values(args)].join("\n");
  // Most builds name none, and need not be understood.
  if (text === undefined || !others.some((name) => words.includes(name))) return [];
  const taken = new Set(Object.keys(contextsOf(build)));
  const names = await imagesNamed(text, args);
  return names.filter((name) => !taken.has(name)).map((name) => [name, name] as const);
}

async function dockerfileOf({ context, dockerfile, dockerfile_inline: inline }: Build): Promise<string | undefined> {
  if (typeof inline === "string") return inline;
  const name = typeof dockerfile === "string" ? dockerfile : "Dockerfile";
  if (typeof context !== "string" || !isAbsolute(context)) return undefined;
  return readFile(resolve(context, name), "utf8").catch(() => undefined);
}

/** Without its tag: a build may name it with one. */
function builtName(model: ComposeModel, service: string): string {
  return builtImage(model, service).replace(/(:[^/]+|@[^/]+)$/, "");
}

/** Contexts that are images, by name. */
function imageContexts(build: Build): Readonly<Record<string, string>> {
  const images = Object.entries(contextsOf(build)).flatMap(([name, value]) =>
    typeof value === "string" && value.startsWith(ofRegistry) ? [[name, value.slice(ofRegistry.length)] as const] : [],
  );
  return Object.fromEntries(images);
}

function argsOf({ args }: Build): Readonly<Record<string, string>> {
  const entries = typeof args === "object" && args !== null ? Object.entries(args) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** The services, and all that their builds begin from, however many lie between. Pure. */
export function allBuilt(model: ComposeModel, services: readonly string[], beginnings: Beginnings): readonly string[] {
  const found = new Set(services);
  for (const name of found) {
    for (const other of [...withContexts(model, [name]), ...Object.values(beginnings[name] ?? {})]) found.add(other);
  }
  return [...found];
}

/**
 * The services in rounds: what is needed by a build is built in a round before. What needs each other in a circle, which no builder could
 * follow, is of one round. Pure.
 */
export function buildRounds(
  services: readonly string[],
  needsOf: (service: string) => readonly string[],
): readonly (readonly string[])[] {
  const rounds: (readonly string[])[] = [];
  let left = services;
  while (left.length > 0) {
    const waiting = left.filter((name) => needsOf(name).some((other) => other !== name && left.includes(other)));
    const round = waiting.length < left.length ? left.filter((name) => !waiting.includes(name)) : left;
    rounds.push(round);
    left = left.filter((name) => !round.includes(name));
  }
  return rounds;
}

/** The model with what builds begin from in the place of its name. @param tags of images that are built, by service. Pure. */
export function beginningFrom(
  model: ComposeModel,
  beginnings: Beginnings,
  tags: Readonly<Record<string, string>>,
): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const begun = Object.entries(beginnings[name] ?? {});
    if (!service.build || begun.length === 0) return [name, service] as const;
    const contexts = begun.flatMap(([as, other]) =>
      tags[other] ? [[as, `${ofRegistry}${tags[other]}`] as const] : [],
    );
    const all = { ...contextsOf(service.build), ...Object.fromEntries(contexts) };
    return [name, { ...service, build: { ...service.build, additional_contexts: all } }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}
