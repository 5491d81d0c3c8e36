import type { Diagnosis } from "@sluice/core";
import type { LeftBehind, Manifest } from "@sluice/database";
import type { DatabaseRecord } from "../database/database-operations.ts";
import { when } from "./when.ts";

/** A backup each night, with some hours to spare. */
const oldestBackupMs = 36 * 3_600_000;
/** A restore each week, with a day to spare. */
const oldestRestoreMs = 8 * 86_400_000;

export interface BackupFacts {
  /** Oldest first. */
  readonly backups: readonly Pick<Manifest, "id" | "at" | "verified">[];
  readonly damagedCount: number;
  /** What was done to backups, in order. */
  readonly records: readonly Pick<DatabaseRecord, "at" | "what" | "result" | "error">[];
  readonly now: Date;
}

/** How old the newest backup is, and when one was last restored. Asked only where a database is configured. */
export function backupDiagnoses({ backups, damagedCount, records, now }: BackupFacts): readonly Diagnosis[] {
  const newest = backups.at(-1);
  const age = newest ? now.getTime() - Date.parse(newest.at) : 0;
  const restores = backups.flatMap(({ verified }) =>
    verified.filter(({ restoreMs }) => restoreMs > 0).map(({ at }) => Date.parse(at)),
  );
  const restoreAge = now.getTime() - Math.max(...restores);
  const lastRecord = records.findLast(({ what, result }) => what === "backup" && result !== "begun");
  return [
    ...when(newest === undefined, {
      severity: "error",
      code: "backup-none",
      what: "the database is configured, and there is no backup of it",
      why: "what a migration or a disk destroys is gone for good",
      mend: "sluice db backup --verify",
    }),
    ...when(newest !== undefined && age > oldestBackupMs, {
      severity: "error",
      code: "backup-old",
      what: `the newest backup is ${Math.floor(age / 3_600_000)} hours old`,
      why: "all that users did since is gone with the database",
      mend: "sluice db backup --verify; sluice init --workflow writes a workflow that does it each night",
    }),
    ...when(newest !== undefined && !(restoreAge <= oldestRestoreMs), {
      severity: "warn",
      code: "backup-unproven",
      what: restores.length === 0 ? "no backup was ever restored" : "no backup was restored in the last 8 days",
      why: "a backup that nobody tried is a hope; broken ones are found when they are needed",
      mend: "sluice db verify",
    }),
    ...when(damagedCount > 0, {
      severity: "error",
      code: "backup-damaged",
      what: `${damagedCount} backups cannot be read`,
      why: "the store loses what it was given: the next backup may be lost too",
      mend: "sluice db list names them; look at the disk, then sluice db backup --verify",
    }),
    // Deployments make some too, and those are recorded with them.
    ...when(lastRecord?.result === "failed" && !(newest && newest.at > lastRecord.at), {
      severity: "error",
      code: "backup-failed",
      what: `the last backup failed: ${lastRecord?.error ?? ""}`,
      why: "deployments of new releases are refused, and the newest backup gets older",
      mend: "sluice db backup --verify",
    }),
  ];
}

/** What a restore that died has left changed in the server, and which databases restores left beside the live one. */
export function leftDiagnoses(left: LeftBehind | null = null, besides: LeftBehind | null = null): readonly Diagnosis[] {
  return [
    ...(left ? [{ severity: "error", code: "restore-left", ...left } as const] : []),
    ...(besides ? [{ severity: "note", code: "restores-kept", ...besides } as const] : []),
  ];
}
