import type { ComposeResolver } from "@sluice/compose";
import type { Config, ResolvedProject } from "@sluice/core";
import type { DeployerOptions } from "../deployer.ts";
import { positionInConfig } from "./load-config.ts";

/**
 * The project that a call is about.
 *
 * @throws SluiceError as `ComposeResolver.resolve` does
 */
export function resolveProject(
  resolver: Pick<ComposeResolver, "resolve">,
  options: DeployerOptions,
  config: Promise<Config>,
  signal?: AbortSignal,
): Promise<ResolvedProject> {
  return resolver.resolve({
    stack: options.stack,
    directory: options.directory,
    files: options.files ?? [],
    envFiles: options.envFiles ?? [],
    projectDirectory: options.projectDirectory,
    profiles: options.profiles ?? [],
    config,
    positionInConfig: (path) => positionInConfig(options, path),
    signal,
  });
}
