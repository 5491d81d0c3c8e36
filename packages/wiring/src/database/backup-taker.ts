import type { BackupTaker } from "@sluice/core";
import { highestLevel, isProven } from "@sluice/database";
import type { Session } from "../session.ts";
import { backupsOfFound } from "./backups-of-found.ts";
import { findDatabase } from "./find-database.ts";
import { mendDatabase } from "./mend-database.ts";
import { assertIdentity } from "./open-cipher.ts";
import { databaseSettings, openDatabase } from "./open-database.ts";
import { createProgressTexts } from "./progress-texts.ts";
import { takeAndProve } from "./prove.ts";

/** Backups for deployments, which hold the lock of the stack already. */
export function createBackupTaker(session: Session): BackupTaker {
  return {
    async take(_service, { release, prove, signal = new AbortController().signal, onProgress }) {
      const texts = createProgressTexts(session.clock, (text) => onProgress?.(text));
      const database = await openDatabase(session, { onProgress: texts.show }, signal);
      await mendDatabase(session, database, { signal });
      const manifest = await takeAndProve(session, { ...database, release }, prove, signal);
      texts.end();
      return { id: manifest.id, bytes: manifest.bytes, level: highestLevel(manifest) };
    },
    async assertReady() {
      await assertIdentity(await databaseSettings(session), session.options.directory);
    },
    async newestProven(service, signal) {
      const { model, services } = await session.project();
      const found = findDatabase(await databaseSettings(session), services, model);
      if (found.service !== service) return null;
      return (await backupsOfFound(session, found, signal)).findLast(isProven)?.id ?? null;
    },
  };
}
