import type { BackupStore } from "./backup-store.ts";

/**
 * The backups of one stack in a place that several may share: those of others are not listed, so that nothing chooses them
 * or lets them go, and can be loaded by their id. A backup that does not say whose it is counts as this stack's.
 */
export function ofStack(store: BackupStore, stack: string): BackupStore {
  return {
    ...store,
    async list(signal) {
      const { backups, damaged } = await store.list(signal);
      const own = backups.filter((backup) => backup.stack === undefined || backup.stack === stack);
      return { backups: own, damaged, ofOthers: backups.length - own.length };
    },
  };
}
