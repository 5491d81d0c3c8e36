import { type DatabaseAction, type DatabaseConfig, type DatabaseRecord, type Diagnosis, when } from "@sluice/core";
import type { LeftBehind } from "../driver.ts";
import type { Manifest } from "../model/manifest.ts";

/** A backup each night, with some hours to spare. */
const oldestBackupMs = 36 * 3_600_000;
/** A restore each week, with a day to spare. */
const oldestRestoreMs = 8 * 86_400_000;

export interface BackupFacts {
  /** `none`: people may see to backups by other means, so that there never was one here. */
  readonly beforeDeploy: DatabaseConfig["beforeDeploy"];
  /** A deployment was begun, or the database runs already: before that no backup of it can be taken. */
  readonly canBeTaken: boolean;
  /** Oldest first. */
  readonly backups: readonly Pick<Manifest, "id" | "at" | "verified" | "failed">[];
  readonly damagedCount: number;
  /** What is wrong with the identity that opens them; `null` where nothing is, or where this machine is to have none. */
  readonly keyProblem: string | null;
  /** What was done to backups, in order. */
  readonly records: readonly Pick<DatabaseRecord, "at" | "action" | "result" | "error">[];
  readonly now: Date;
}

/** How old the newest backup is, and when one was last restored. Asked only where a database is configured. */
export function backupDiagnoses({
  beforeDeploy,
  canBeTaken,
  backups,
  damagedCount,
  keyProblem,
  records,
  now,
}: BackupFacts): readonly Diagnosis[] {
  // One that a verification found wanting counts as none.
  const good = backups.filter(({ failed }) => failed === undefined);
  const newest = good.at(-1);
  const last = backups.at(-1);
  const broken = last === newest ? undefined : last;
  const age = newest ? now.getTime() - Date.parse(newest.at) : 0;
  const restores = good.flatMap(({ verified }) =>
    verified.filter(({ restoreMs }) => restoreMs > 0).map(({ at }) => Date.parse(at)),
  );
  const restoreAge = now.getTime() - Math.max(...restores);
  const failure = lastFailure(records);
  // A manifest has more to say of it.
  const isToldOf = failure !== null && failure.error === broken?.failed?.message;
  const isMissing = newest === undefined && (broken !== undefined || beforeDeploy !== "none");
  const isTooEarly = broken === undefined && !canBeTaken;
  return [
    ...when(isMissing && isTooEarly, {
      severity: "note",
      code: "backup-none",
      what: "there is no backup of the database, as nothing was deployed yet and it does not run",
      why: "there is nothing to back up before it runs; from then on each new release waits for a backup, unless database.beforeDeploy says otherwise",
      mend: "after the first deployment: sluice db backup --verify",
    }),
    ...when(isMissing && !isTooEarly, {
      severity: "error",
      code: "backup-none",
      what: `the database is configured, and there is no ${broken ? "good " : ""}backup of it`,
      why: "what a migration or a disk destroys is gone for good",
      mend: "sluice db backup --verify",
    }),
    ...(broken?.failed ? [brokenDiagnosis(broken.id, broken.failed)] : []),
    ...when(newest !== undefined && age > oldestBackupMs, {
      severity: "error",
      code: "backup-old",
      what: `the newest ${broken ? "good " : ""}backup is ${Math.floor(age / 3_600_000)} hours old`,
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
    ...when(keyProblem !== null, {
      severity: "error",
      code: "backup-key",
      what: `encrypted backups do not open here: ${keyProblem ?? ""}`,
      why: "no backup is taken or restored, and deployments that take one are refused",
      mend: "put the identity back where database.encryption.identityFile names it, and keep a copy elsewhere",
    }),
    ...when(damagedCount > 0, {
      severity: "error",
      code: "backup-damaged",
      what: `${damagedCount} backups cannot be read`,
      why: "the store loses what it was given: the next backup may be lost too",
      mend: "sluice db list names them; look at the disk, then sluice db backup --verify",
    }),
    // Deployments make some too, and those are recorded with them.
    ...(failure && !isToldOf && !(newest && newest.at > failure.at) ? [failureDiagnosis(failure)] : []),
  ];
}

function brokenDiagnosis(id: string, { code, message }: NonNullable<Manifest["failed"]>): Diagnosis {
  return {
    severity: "error",
    code: "backup-broken",
    what: `the newest backup, ${id}, was found broken: ${message} [${code}]`,
    why: "it counts as none: what users did since the newest good one is gone with the database",
    mend: `sluice db backup --verify; sluice db verify ${id} tries this one again`,
  };
}

type Failure = Pick<DatabaseRecord, "at" | "action" | "error">;

/** `null` where what was done last with backups went well. */
function lastFailure(records: BackupFacts["records"]): Failure | null {
  const isOfBackups = (action: DatabaseAction) => action === "backup" || action === "verify";
  const last = records.findLast(({ action, result }) => isOfBackups(action) && result !== "begun");
  return last?.result === "failed" ? last : null;
}

function failureDiagnosis({ action, error }: Failure): Diagnosis {
  const isOfVerification = action === "verify";
  return {
    severity: "error",
    code: "backup-failed",
    what: `the last ${isOfVerification ? "verification of a backup" : "backup"} failed: ${error ?? ""}`,
    why: isOfVerification
      ? "whether a restore would succeed is not known until one was tried"
      : "deployments of new releases are refused, and the newest backup gets older",
    mend: isOfVerification ? "sluice db verify" : "sluice db backup --verify",
  };
}

/** What a restore that died has left changed in the server, and which databases restores left beside the live one. */
export function leftDiagnoses(left: LeftBehind | null = null, besides: LeftBehind | null = null): readonly Diagnosis[] {
  return [
    ...(left ? [{ severity: "error", code: "restore-left", ...left } as const] : []),
    ...(besides ? [{ severity: "note", code: "restores-kept", ...besides } as const] : []),
  ];
}
