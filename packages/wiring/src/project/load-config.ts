import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import {
  type Config,
  configPosition,
  defaultConfig,
  environmentNames,
  parseConfig,
  SluiceError,
  type SourcePosition,
} from "@sluice/core";
import type { DeployerOptions } from "../deployer.ts";
import { configFileOf } from "./locations.ts";

/** @throws SluiceError CONFIG_INVALID with the position of the mistake, or when a file that was named is not there */
export async function loadConfig(options: DeployerOptions): Promise<Config> {
  const { name, text } = await readConfigFile(options);
  if (text !== null) return parseConfig(text, name, options.environment);
  if (options.environment === undefined) return defaultConfig();
  throw new SluiceError("CONFIG_INVALID", `environment ${options.environment} is asked for, but there is no ${name}`, {
    hint: "write environments: into a sluice.yaml, or leave --env and SLUICE_ENVIRONMENT out",
  });
}

/** Where a setting is written, as `configPosition` has it; `undefined` where there is no file. @throws SluiceError as `loadConfig` */
export async function positionInConfig(
  options: DeployerOptions,
  path: readonly string[],
): Promise<SourcePosition | undefined> {
  const { name, text } = await readConfigFile(options);
  return text === null ? undefined : configPosition(text, name, path, options.environment);
}

/** Names of the environments that the configuration has settings for. @throws SluiceError as `loadConfig` */
export async function loadEnvironmentNames(options: DeployerOptions): Promise<readonly string[]> {
  const { name, text } = await readConfigFile(options);
  return text === null ? [] : environmentNames(text, name);
}

/** Its text, `null` where there is none and none was named; and its name for messages. */
async function readConfigFile(
  options: DeployerOptions,
): Promise<{ readonly name: string; readonly text: string | null }> {
  const { path, required } = await configFileOf(options);
  const name = relative(options.directory, path) || path;
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" && !required) return null;
    throw new SluiceError("CONFIG_INVALID", `configuration ${name} cannot be read: ${cause.message}`, {
      position: { file: name },
      hint: "name a file that is there and that you may read with --config, or leave the option out",
      cause,
    });
  });
  return { name, text };
}
