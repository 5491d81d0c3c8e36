import type { Clock } from "@sluice/core";
import type { BackupStore } from "../backup-store.ts";
import { openRepository, type RepositoryOptions } from "./repository.ts";
import { createResticBackupStore } from "./restic-backup-store.ts";

export type ResticOptions = RepositoryOptions;

/** Backups in a repository of restic, which is there already. `restic` 0.14 or newer runs on this machine. */
export function createResticStore(options: ResticOptions, clock: Clock): BackupStore {
  return createResticBackupStore(openRepository(options, clock), clock);
}
