import { access } from "node:fs/promises";
import { userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { findProjectFiles } from "@sluice/compose";
import { SluiceError } from "@sluice/core";
import type { DeployerOptions } from "../deployer.ts";

/** Who runs this, as far as it decides where state is kept. */
interface User {
  readonly isRoot: boolean;
  /** What the system has as home directory; `null` for a user id without an entry, as containers have it. */
  readonly home: string | null;
}

/**
 * Where a stack keeps its state, absolute: given, or `/var/lib/sluice/<stack>` for root, else under `XDG_STATE_HOME`, else
 * under the home directory.
 *
 * @throws SluiceError HOME_UNUSABLE where nothing says a directory
 */
export function stateHomeOf(
  { stateHome, env, directory }: Pick<DeployerOptions, "stateHome" | "env" | "directory">,
  stack: string,
  user: User = thisUser(),
): string {
  if (stateHome) return resolve(directory, stateHome);
  if (user.isRoot) return join("/var/lib/sluice", stack);
  // One that is not absolute is to be ignored: https://specifications.freedesktop.org/basedir-spec
  const [state] = [env["XDG_STATE_HOME"]].filter(isAbsolutePath);
  const [home] = [env["HOME"], user.home].filter(isAbsolutePath);
  if (state !== undefined) return join(state, "sluice", stack);
  if (home !== undefined) return join(home, ".local", "state", "sluice", stack);
  throw new SluiceError("HOME_UNUSABLE", "there is no directory for the state of the stack: this user has no home", {
    hint: "name one with --state-home or SLUICE_HOME; it must stay, and must not be a part of the checkout",
  });
}

function isAbsolutePath(path: string | null | undefined): path is string {
  return typeof path === "string" && isAbsolute(path);
}

function thisUser(): User {
  return { isRoot: process.getuid?.() === 0, home: homeDirectory() };
}

function homeDirectory(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    return null;
  }
}

/**
 * The configuration file to read: given (then it must be there), or `sluice.yaml` in the directory of the call, or else beside the
 * compose file, which Compose may find further up or be told of.
 */
export async function configFileOf({
  configFile,
  directory,
  files,
  envFiles,
  env,
}: Pick<DeployerOptions, "configFile" | "directory" | "files" | "envFiles" | "env">): Promise<{
  readonly path: string;
  readonly required: boolean;
}> {
  if (configFile) return { path: resolve(directory, configFile), required: true };
  const here = join(directory, usualName);
  if (await isThere(here)) return { path: here, required: false };
  const project = await findProjectFiles({ directory, files, envFiles }, env);
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
