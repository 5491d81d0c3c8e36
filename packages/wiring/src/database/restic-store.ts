import { resolve } from "node:path";
import type { Clock, DatabaseConfig } from "@sluice/core";
import { type BackupStore, createResticStore } from "@sluice/database";

type ResticConfig = NonNullable<DatabaseConfig["store"]["restic"]>;

interface Surroundings {
  /** Of the project: what paths are seen from. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @param stack names the backups in the repository, where the configuration does not */
export function openResticStore(
  config: ResticConfig,
  surroundings: Surroundings,
  stack: string,
  clock: Clock,
): BackupStore {
  return createResticStore(resticOptions(config, surroundings, stack), clock);
}

export function resticOptions(
  { repository, passwordFile, name }: ResticConfig,
  { directory, env }: Surroundings,
  stack: string,
) {
  return {
    set: name ?? stack,
    env,
    repository: repository === undefined || isElsewhere(repository) ? repository : resolve(directory, repository),
    passwordFile: passwordFile === undefined ? undefined : resolve(directory, passwordFile),
  };
}

/** `sftp:`, `s3:`, `rest:`, `rclone:`, `local:` … */
const isElsewhere = (repository: string) => /^[a-z0-9]+:/.test(repository);
