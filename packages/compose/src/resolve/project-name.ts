import { parseEnv } from "node:util";
import { parse } from "yaml";
import { runCompose } from "../compose-cli/run.ts";
import type { ComposeResolverOptions, ResolveRequest } from "./compose-resolver.ts";
import { findProjectFiles, type ProjectFiles, placeOptions } from "./project-files.ts";
import { readEnvSources, readSources, writtenName } from "./source-files.ts";

/**
 * What Compose calls a project, also where a variable that its services need is not set; `null` where Compose cannot read the
 * files, and where their name is made of variables.
 */
export async function projectName(
  { signal, ...place }: ResolveRequest,
  { env }: ComposeResolverOptions,
): Promise<string | null> {
  // What is no name is not looked at: whether services go together, and what is in variables.
  const asked = ["--profile", "*", "config", "--no-interpolate", "--no-consistency"];
  const args = [...placeOptions(place), ...asked];
  const [found, said] = await Promise.all([
    findProjectFiles(place, env),
    runCompose({ args, env, cwd: place.directory, signal }),
  ]);
  if (said.exitCode !== 0) return null;
  const sources = await readSources(found.files);
  // Uninterpolated, `${STACK}` is no variable to Compose but a name with signs that a name cannot have.
  if (sources.some((source) => writtenName(source)?.includes("$"))) return null;
  return nameIn(said.stdout);
}

/**
 * The name that people have written for a project: `COMPOSE_PROJECT_NAME` of an env file, else `name:` of the compose files; `null` for
 * none, for which Compose takes that of the directory, and where it is made of variables. Runs nothing.
 */
export async function writtenProjectName({
  files,
  envFiles,
}: Pick<ProjectFiles, "files" | "envFiles">): Promise<string | null> {
  const [sources, envSources] = await Promise.all([readSources(files), readEnvSources([], envFiles)]);
  const inEnvFiles = envSources.map(({ text }) => parseEnv(text)["COMPOSE_PROJECT_NAME"]);
  const inFiles = sources.filter(({ path }) => files.includes(path)).map(writtenName);
  const name = inEnvFiles.findLast(Boolean) ?? inFiles.findLast(Boolean);
  return name === undefined || name.includes("$") ? null : name;
}

/** @param yaml which Compose also writes where it fails to write JSON */
function nameIn(yaml: string): string | null {
  try {
    const { name } = parse(yaml) as { readonly name?: unknown };
    return typeof name === "string" && name !== "" ? name : null;
  } catch {
    return null;
  }
}
