import { parse } from "yaml";
import { runCompose } from "../compose-cli/run.ts";
import type { ComposeResolverOptions, ResolveRequest } from "./compose-resolver.ts";
import { findProjectFiles, placeOptions } from "./project-files.ts";
import { readSources, writtenName } from "./source-files.ts";

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

/** @param yaml which Compose also writes where it fails to write JSON */
function nameIn(yaml: string): string | null {
  try {
    const { name } = parse(yaml) as { readonly name?: unknown };
    return typeof name === "string" && name !== "" ? name : null;
  } catch {
    return null;
  }
}
