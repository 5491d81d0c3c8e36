import { userInfo } from "node:os";
import { join, resolve } from "node:path";
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

/** The configuration file to read: given (then it must be there), or `sluice.yaml` beside the compose file. */
export function configFileOf({ configFile, directory }: DeployerOptions): {
  readonly path: string;
  readonly required: boolean;
} {
  return configFile
    ? { path: resolve(directory, configFile), required: true }
    : { path: join(directory, "sluice.yaml"), required: false };
}
