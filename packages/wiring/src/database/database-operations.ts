import type { DatabaseRecord, Finding, OutputSink, PromotionConfig, ReleaseRequest } from "@sluice/core";
import type {
  BackupList,
  BackupProgress,
  DataRollback,
  Manifest,
  PruneResult,
  RehearsalReport,
  RestorePlan,
  RestoreResult,
} from "@sluice/database";
import type { WatchedRun } from "./migration-runner.ts";

export type { DatabaseRecord } from "@sluice/core";
export type {
  BackupList,
  BackupProgress,
  DataRollback,
  Manifest,
  PruneResult,
  RehearsalFinding,
  RehearsalReport,
  RestorePlan,
  RestoreResult,
} from "@sluice/database";

/** A backup as people are shown it. */
export type ListedBackup = Manifest & {
  /** It was taken from another state home, whose stack has the same name: nothing chooses or removes it. Absent where that is not so, or not known. */
  readonly ofOtherHome?: true | undefined;
};

export interface ListedBackups extends BackupList {
  readonly backups: readonly ListedBackup[];
}

export interface DatabaseCall {
  readonly reason?: string | undefined;
  /** Wait for the lock this long, milliseconds; default 0. */
  readonly waitMs?: number | undefined;
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
  /** What was found besides, such as what a dead run had left in the server and was put right first, or that a restore left something out. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

export interface RestoreCall extends DatabaseCall {
  /** The stack whose backup it is, where that is another one: `RestorePlan.otherStack`. Default: this one's alone is restored. */
  readonly ofStack?: string | undefined;
  /** The name of the database that it is of, where that is another one: `RestorePlan.otherDatabase`. Default: as for `ofStack`. */
  readonly ofDatabase?: string | undefined;
}

/** What the undo of a restore would put back. */
export interface UndoPlan {
  /** Whose restore it is. */
  readonly backup: string;
  readonly live: { readonly database: string; readonly service: string };
  /** The last restore of that backup, as the record has it; `null` where it has none that took place and was not taken back, as of another state home, or not how the last one ended. */
  readonly restored: Pick<DatabaseRecord, "at" | "actor" | "reason"> | null;
  /** The undo that took the last restore of that backup back already; `null` where none did, or its end is not known. */
  readonly takenBack: Pick<DatabaseRecord, "at" | "actor" | "reason"> | null;
  /** Tags, or ids where those are not known, of the release that served before it, whose data comes back, and of the one that serves; `null` where none is known. */
  readonly releases: { readonly data: string | null; readonly serves: string | null };
  /** What the swap would leave to people. */
  readonly findings: readonly Finding[];
}

export interface MigrateCall extends DatabaseCall {
  /** Tag or id of a stored release; default: the one that serves. */
  readonly release?: string | undefined;
  /** Runs the configured command that takes migrations back. */
  readonly down?: boolean | undefined;
  readonly onText?: ((text: string) => void) | undefined;
  readonly onOutput?: OutputSink | undefined;
}

/** What a migration would do. */
export interface MigrationPlan {
  readonly release: string;
  readonly database: string;
  readonly jobs: readonly string[];
  /** In the place of the jobs' own; `null`: their own. */
  readonly command: readonly string[] | null;
  readonly dataRollback: DataRollback;
}

export interface MigrationResult {
  readonly release: string;
  readonly database: string;
  /** `null` where nobody can watch the kind of database. */
  readonly jobs: readonly { readonly job: string; readonly report: WatchedRun | null }[];
}

export interface RehearseCall extends DatabaseCall {
  /** Built and stored as a deployment would, where it is not yet. */
  readonly release: ReleaseRequest;
  /** Where its images are proven: they are used, however long they served there. Default: `promotion` of the configuration. */
  readonly promotion?: PromotionConfig | undefined;
  /** Take a backup for it. Default: the newest that is proven, where it is of the release that serves and nothing has migrated or been put back since. */
  readonly fresh?: boolean | undefined;
  /** What only the release that serves minds warns, and does not block. Recorded. */
  readonly acceptIncompatible?: boolean | undefined;
}

/**
 * Backups of the project's database. Everything but looking takes the lock of the stack, so that no migration runs beside
 * it, and is written into the journal.
 */
export interface DatabaseOperations {
  /**
   * Takes a backup; it is there when this resolves. With `prove` it is verified, and what retention lets go is removed.
   * @throws SluiceError LOCK_HELD, DATABASE_UNKNOWN, DATABASE_UNREACHABLE, BACKUP_FAILED and its kin, DISK_FULL, DEADLINE_EXCEEDED
   */
  backup(call: DatabaseCall & { readonly prove?: boolean | undefined }, signal: AbortSignal): Promise<Manifest>;
  /** Needs no engine. Backups that cannot be read are among `damaged`, and those of another state home say so. */
  list(signal?: AbortSignal): Promise<ListedBackups>;
  /** Needs no engine. @throws SluiceError BACKUP_UNKNOWN, BACKUP_INVALID */
  show(id: string, signal?: AbortSignal): Promise<ListedBackup>;
  /**
   * Proves a backup in a throw-away server.
   * @param id default: the newest
   * @throws SluiceError LOCK_HELD, BACKUP_UNKNOWN, BACKUP_WRONG_DATABASE, BACKUP_KEY_WRONG, DEADLINE_EXCEEDED, and BACKUP_TRUNCATED, BACKUP_CORRUPT
   *   and their kin, each for one way in which a backup can be bad
   */
  verify(id: string | undefined, call: DatabaseCall, signal: AbortSignal): Promise<Manifest>;
  /**
   * Runs a release's migration on a copy of the database, and the release that serves after it. A migration that fails
   * or is found dangerous is a report, not an error. Nothing of production is changed.
   * @throws SluiceError LOCK_HELD, BUILD_FAILED, RELEASE_REFUSED (a promotion), DATABASE_UNKNOWN, DATABASE_UNREACHABLE, DEADLINE_EXCEEDED
   */
  rehearse(call: RehearseCall, signal: AbortSignal): Promise<RehearsalReport>;
  /**
   * What a restore would take away. Changes nothing, except that a database that a dead run left closed is opened again, under the lock.
   * @param id default: the newest that is proven
   * @throws SluiceError LOCK_HELD (then only), BACKUP_UNKNOWN, BACKUP_WRONG_DATABASE, DATABASE_UNKNOWN, DATABASE_UNREACHABLE
   */
  planRestore(id: string | undefined, signal?: AbortSignal, call?: DatabaseCall): Promise<RestorePlan>;
  /**
   * Whoever calls it has consented to losing what was written since the backup.
   * @throws SluiceError LOCK_HELD, BACKUP_UNKNOWN, BACKUP_WRONG_DATABASE, BACKUP_KEY_WRONG, RESTORE_FAILED, DEADLINE_EXCEEDED, CONFIRMATION_NEEDED (the
   * backup is of another stack than `ofStack`, or of a database of another name than `ofDatabase`)
   */
  restore(id: string, call: RestoreCall, signal: AbortSignal): Promise<RestoreResult>;
  /**
   * What `undoRestore` would put back. Changes nothing.
   * @throws SluiceError DATABASE_UNKNOWN, DATABASE_UNREACHABLE, RESTORE_FAILED (it could not be swapped)
   */
  planUndo(id: string, signal?: AbortSignal, call?: DatabaseCall): Promise<UndoPlan>;
  /**
   * Puts the database back that a restore of this backup took away; resolves with the name of what had its place.
   * @throws SluiceError LOCK_HELD, BACKUP_UNKNOWN where no such restore is known, RESTORE_FAILED
   */
  undoRestore(id: string, call: DatabaseCall, signal: AbortSignal): Promise<string>;
  /** Removes backups that retention lets go, and what dead runs left in the store. @throws SluiceError LOCK_HELD */
  prune(call: DatabaseCall, signal: AbortSignal): Promise<PruneResult>;
  /** What `migrate` would run, and how data would come back; rows are counted. Changes nothing. @throws SluiceError RELEASE_UNKNOWN, STATE_UNCLEAR */
  planMigration(call: MigrateCall, signal: AbortSignal): Promise<MigrationPlan>;
  /**
   * Runs the jobs of a stored release with care, in the networks of the slot that serves.
   * @throws SluiceError LOCK_HELD, PREFLIGHT_FAILED, MIGRATION_FAILED, JOB_FAILED
   */
  migrate(call: MigrateCall, signal: AbortSignal): Promise<MigrationResult>;
  /** What the journal says of all that, in order. */
  records(): Promise<readonly DatabaseRecord[]>;
}
