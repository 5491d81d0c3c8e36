import { access } from "node:fs/promises";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { findProjectFiles } from "@sluice/compose";
import type { DeployerOptions } from "./deployer.ts";

/** Where a stack keeps its state: given, or `/var/lib/sluice/<stack>` for root, else under `XDG_STATE_HOME`. */
export function stateHomeOf(
  { stateHome, env, directory }: Pick<DeployerOptions, "stateHome" | "env" | "directory">,
  stack: string,
): string {
  if (stateHome) return resolve(directory, stateHome);
  if (userInfo().uid === 0) return join("/var/lib/sluice", stack);
  const base = env["XDG_STATE_HOME"] ?? join(env["HOME"] ?? "/", ".local", "state");
  return join(base, "sluice", stack);
}

/**
 * The configuration file to read: given (then it must be there), or `sluice.yaml` in the directory of the call, or else beside the
 * compose file, which Compose may find further up or be told of.
 */
export async function configFileOf({
  configFile,
  directory,
  files = [],
  envFiles = [],
  env,
}: Pick<DeployerOptions, "configFile" | "directory" | "files" | "envFiles" | "env">): Promise<{
  readonly path: string;
  readonly required: boolean;
}> {
  if (configFile) return { path: resolve(directory, configFile), required: true };
  const here = join(directory, usualName);
  if (await isThere(here)) return { path: here, required: false };
  const project = await findProjectFiles(directory, files, envFiles, env);
  return { path: join(project.directory, usualName), required: false };
}

const usualName = "sluice.yaml";

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    // One that may not be looked at is there, and is told of when it is read.
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
}
