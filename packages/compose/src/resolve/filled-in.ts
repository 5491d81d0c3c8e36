import { parseEnv } from "node:util";
import type { ComposeModel } from "@sluice/core";
import type { ProjectFiles } from "./project-files.ts";
import {
  allIncludes,
  envFilesOf,
  includesOf,
  readEnvSources,
  readSources,
  referencedFiles,
  type SourceFile,
  writtenKeys,
} from "./source-files.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What the files of a project say of variables. */
export interface Mentions {
  /** What the env files of the project set. */
  readonly written: Readonly<Record<string, string | undefined>>;
  readonly texts: readonly string[];
  /** Whether every file that takes part could be read: else there may be more that they mention. */
  readonly areAll: boolean;
  readonly included: readonly IncludedVariables[];
}

/** What the env files of one include, and of those around it, say for what it defines. */
export interface IncludedVariables extends Readonly<Record<"secrets" | "configs", readonly string[]>> {
  /** Those that are there, of the project too; the later win. Absolute. */
  readonly envFiles: readonly string[];
  readonly written: Variables;
}

/** Reads compose files with what they include or extend, and env files, also those of services. */
export async function readMentions({ files, envFiles }: ProjectFiles): Promise<Mentions> {
  const composeFiles = await readSources(files);
  const others = await readEnvSources(composeFiles, envFiles);
  const readOnes = (paths: readonly string[]) =>
    paths.flatMap((path) => others.filter((source) => source.path === path));
  const included = allIncludes(composeFiles, files).map(({ files: own, envFiles: around }): IncludedVariables => {
    const defining = composeFiles.filter(({ path }) => own.includes(path));
    const named = (kind: string) => defining.flatMap((source) => writtenKeys(source, kind));
    const paths = readOnes([...envFiles, ...around]).map(({ path }) => path);
    return {
      secrets: named("secrets"),
      configs: named("configs"),
      envFiles: paths,
      written: writtenIn(readOnes(around)),
    };
  });
  return {
    written: writtenIn(readOnes(envFiles)),
    texts: [...composeFiles, ...others].map(({ text }) => text),
    areAll: areAllRead(files, composeFiles),
    included,
  };
}

function writtenIn(sources: readonly SourceFile[]): Variables {
  return Object.assign({}, ...sources.map(({ text }) => parseEnv(text))) as Variables;
}

function areAllRead(files: readonly string[], sources: readonly SourceFile[]): boolean {
  const read = new Set(sources.map(({ path }) => path));
  const wanted = [...files, ...sources.flatMap(referencedFiles)];
  // An env file that is not there is nothing unusual; one whose name Compose fills in may be.
  const envFiles = [...sources.flatMap(envFilesOf), ...sources.flatMap(includesOf).flatMap((one) => one.envFiles)];
  const isNamed = envFiles.every((path) => !path.includes("$"));
  return isNamed && wanted.every((path) => read.has(path));
}

/**
 * The variables that Compose fills in, or hands on: what env files set, and of the environment, which wins, those that the
 * files or the model mention. A process has many more, which are no business of the project: `STRIPE_SECRET_MODE=live` of
 * somebody's shell must not mask every `live`. Where not all files could be read, all of them. Pure.
 *
 * @returns those of the project, then those that each of its includes has besides
 */
export function filledIn(
  { written, texts, areAll, included }: Mentions,
  env: Variables,
  { secrets = {} }: ComposeModel,
): readonly Variables[] {
  const words = new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
  const behind = new Set<unknown>(Object.values(secrets).map(({ environment }) => environment));
  const isMentioned = (name: string) => !areAll || words.has(name) || behind.has(name) || hasAnywhere(name, texts);
  const set = Object.entries(env).filter(([name, value]) => value !== undefined && isMentioned(name));
  const ofProject: Variables = { ...written, ...Object.fromEntries(set) };
  const isOther = ([name]: readonly [string, unknown]) => !(name in ofProject);
  return [ofProject, ...included.map((one) => Object.fromEntries(Object.entries(one.written).filter(isOther)))];
}

/** A name that is more than one word is looked for as it is. */
function hasAnywhere(name: string, texts: readonly string[]): boolean {
  return !/^\w+$/.test(name) && texts.some((text) => text.includes(name));
}
