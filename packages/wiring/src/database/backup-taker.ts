import type { BackupTaker } from "@sluice/core";
import { highestLevel } from "@sluice/database";
import type { Session } from "../session.ts";
import { openDatabase } from "./open-database.ts";
import { takeAndProve } from "./prove.ts";

/** Backups for deployments, which hold the lock of the stack already. */
export function createBackupTaker(session: Session): BackupTaker {
  return {
    async take(_service, { release, prove, signal = new AbortController().signal, onProgress }) {
      let last = "";
      const database = await openDatabase(
        session,
        {
          onProgress({ phase, bytes }) {
            // Every 16 MiB is enough for people.
            const text = bytes === 0 ? phase : `${phase}: ${Math.ceil(bytes / (1 << 24)) * 16} MiB`;
            if (text !== last) onProgress?.(text);
            last = text;
          },
        },
        signal,
      );
      const manifest = await takeAndProve(session, { ...database, release }, prove, signal);
      return { id: manifest.id, bytes: manifest.bytes, level: highestLevel(manifest) };
    },
  };
}
