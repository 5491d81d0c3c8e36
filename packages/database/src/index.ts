export { type CommandOptions, createCommandDriver, type DatabaseCommands } from "./command/command-driver.ts";
export { type BackupFacts, backupDiagnoses, leftDiagnoses } from "./doctor/backup-diagnoses.ts";
export type {
  DatabaseDriver,
  DriverCall,
  FreshDatabase,
  LeftBehind,
  LiveDatabase,
  RestoreSource,
  RunningDump,
  ScratchDatabase,
} from "./driver.ts";
export { type AgeOptions, type Cipher, createAgeCipher } from "./encryption/age-cipher.ts";
export { inferDatabaseKind } from "./infer-kind.ts";
export type { Lint, LintFinding, SqlLinter } from "./lint/linter.ts";
export { createSquawk, type SquawkOptions, squawkLeftOut } from "./lint/squawk.ts";
export {
  type DataRollback,
  type DataRollbackFacts,
  dataRollbackText,
  goBackText,
  planDataRollback,
  type RowLoss,
} from "./migrate/data-rollback.ts";
export { mysqlDbmateVersions, postgresDbmateVersions } from "./migrate/dbmate-versions.ts";
export { postgresMigrationEnvironment } from "./migrate/environment.ts";
export type { CutShort } from "./migrate/half-done.ts";
export { type MigrationReport, runPostgresMigration } from "./migrate/migrate.ts";
export type { MigrationCall } from "./migrate/migration-call.ts";
export type { LockHolder, MigrationServer, SchemaState, TableRows } from "./migrate/migration-server.ts";
export { openPostgresMigrationServer } from "./migrate/postgres-server.ts";
export type { MigrationSettings } from "./migrate/settings.ts";
export type { AttemptCall } from "./migrate/watched-attempt.ts";
export { type DatabaseId, isOfDatabase } from "./model/database-id.ts";
export { differences, type Fingerprint } from "./model/fingerprint.ts";
export { type DatabaseFacts, type Manifest, parseManifest, type Verification } from "./model/manifest.ts";
export { type EarlierHome, isOfHomes, type StackHomes } from "./model/own-home.ts";
export { highestLevel, isProven, type VerificationLevel } from "./model/verification.ts";
export { type FindMysqlTargetOptions, findMysqlTarget } from "./mysql/find-target.ts";
export { type MysqlMigrationCall, runMysqlMigration } from "./mysql/migrate.ts";
export { createMysqlDriver, type MysqlOptions } from "./mysql/mysql-driver.ts";
export type { MysqlTarget } from "./mysql/target.ts";
export type { BackupPorts } from "./operations/ports.ts";
export type { BackupProgress, ProgressSink } from "./operations/progress.ts";
export { hasRemoved, type PruneResult, pruneBackups } from "./operations/prune-backups.ts";
export {
  type RehearseRequest,
  rehearseMigration,
  type Trial,
} from "./operations/rehearse.ts";
export {
  planRestore,
  type RestorePlan,
  type RestoreResult,
  restoreBackup,
  type TableLoss,
  undoRestore,
} from "./operations/restore-backup.ts";
export { type RestoredCopy, restoreCopy } from "./operations/restore-copy.ts";
export { type BackupRequest, takeBackup } from "./operations/take-backup.ts";
export { tookPlace } from "./operations/took-place.ts";
export { type VerifyRequest, verifyBackup } from "./operations/verify-backup.ts";
export { type FindPostgresTargetOptions, findPostgresTarget } from "./postgres/find-target.ts";
export { createPostgresDriver, type PostgresOptions } from "./postgres/postgres-driver.ts";
export type { PostgresTarget } from "./postgres/target.ts";
export { rehearsalCopy, rehearsalOutcome, rehearsalSeen } from "./rehearsal/outcome.ts";
export { defaultPolicy, judgeRehearsal, type RehearsalPolicy } from "./rehearsal/policy.ts";
export type {
  Compatibility,
  HeldLock,
  MigrationRun,
  Observations,
  RehearsalFinding,
  RehearsalReport,
  Rehearsed,
} from "./rehearsal/report.ts";
export type { PruneDecision, Retention } from "./retention/backups-to-prune.ts";
export { runSqliteMigration, type SqliteLockCall } from "./sqlite/run-lock.ts";
export { createSqliteDriver, type SqliteOptions } from "./sqlite/sqlite-driver.ts";
export type {
  BackupList,
  BackupPart,
  BackupStore,
  BackupWriter,
  Compaction,
  StoredPart,
} from "./store/backup-store.ts";
export { createDirectoryStore, type DirectoryStoreOptions } from "./store/directory-store.ts";
export { ofStack } from "./store/of-stack.ts";
export { createResticStore, type ResticOptions } from "./store/restic/restic-store.ts";
export type { S3Credentials, S3Options } from "./store/s3/s3-objects.ts";
export { createS3Store } from "./store/s3/s3-store.ts";
