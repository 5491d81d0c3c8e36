import { isSluiceError } from "@sluice/core";
import type { RehearsalWatch } from "../driver.ts";
import type { SqlLinter } from "../lint/linter.ts";
import type { Manifest } from "../model/manifest.ts";
import { highestLevel, reaches } from "../model/verification.ts";
import { defaultPolicy, judgeRehearsal, type RehearsalPolicy } from "../rehearsal/policy.ts";
import type { Compatibility, DownRun, MigrationRun, Observations, RehearsalReport } from "../rehearsal/report.ts";
import { assertOwnDatabase } from "./assert-own-database.ts";
import { lintMigration, notLinted } from "./lint-migration.ts";
import { noteSmoked, type ReleaseRun } from "./note-smoked.ts";
import type { BackupPorts } from "./ports.ts";
import { restoreCopy } from "./restore-copy.ts";
import { timed } from "./timed.ts";

/** What is tried on the copy. Disposing removes all that it made. */
export interface Trial extends AsyncDisposable {
  /**
   * How the previous release does on what was restored, as it is: what fails here already says nothing of the migration.
   * `null` where there is none.
   */
  baseline(signal: AbortSignal | undefined): Promise<ReleaseRun | null>;
  /** What the candidate's own migration is. */
  readonly migration: Pick<MigrationRun, "how" | "services">;
  /** Runs it. @throws SluiceError of what it failed of */
  migrate(signal: AbortSignal | undefined): Promise<void>;
  /** Runs the previous release on the migrated schema. */
  prove(signal: AbortSignal | undefined): Promise<Compatibility>;
  /** Takes the migration back, by its own command; absent where none is known. @throws as `migrate` */
  readonly down?: ((signal: AbortSignal | undefined) => Promise<void>) | undefined;
  /** For people: what could not be tried. Complete after the last call. */
  notTested(): readonly string[];
}

export interface RehearseRequest {
  /** Id of the backup that the copy is made of. */
  readonly backup: string;
  /** Image to restore in; default that of the manifest. */
  readonly image?: string | undefined;
  /** Tag of the candidate. */
  readonly release: string;
  /** @param container that stands for the database */
  readonly open: (container: string) => Promise<Trial>;
  readonly policy?: RehearsalPolicy | undefined;
  /** Reads the SQL that the migration sent; default: nobody does. */
  readonly linter?: SqlLinter | undefined;
}

/** Of a migration that is what fails, and not what it was tried with. */
const failures: ReadonlySet<string> = new Set(["JOB_FAILED", "START_FAILED", "NOT_READY"]);

/**
 * Restores a backup in a throw-away server of the image that the live one ran, runs the candidate's migration on it, and
 * the previous release after it; tells what was seen, and judges it. Nothing of production is changed.
 *
 * @throws SluiceError where nothing could be tried: BACKUP_UNKNOWN, BACKUP_WRONG_DATABASE, BACKUP_CORRUPT and its kin, RESTORE_FAILED,
 * IMAGE_MISSING, DISK_FULL (asked before anything is started), START_FAILED (the server), DATABASE_UNKNOWN (a kind of database that cannot be rehearsed). A migration
 * that fails is a report, not an error.
 */
export async function rehearseMigration(
  ports: BackupPorts,
  { backup: id, image, release, open, policy = defaultPolicy, linter }: RehearseRequest,
  signal?: AbortSignal,
): Promise<RehearsalReport> {
  const { driver, store, clock } = ports;
  const began = clock.monotonicMs();
  const manifest = await store.load(id, signal);
  assertOwnDatabase(ports, manifest);
  const liveLongest = (await driver.longestTransaction?.({ backup: id, signal })) ?? null;
  await using restored = await restoreCopy(ports, manifest, image ?? manifest.image, signal);
  const { copy, restoreMs } = restored;
  await copy.clone();
  await using trial = await open(copy.container);
  const smoked = await noteSmoked(ports, manifest, await trial.baseline(signal), restoreMs);
  const cloneMs = await timed(ports, () => copy.clone());
  const watch = await copy.observe();
  const migration = await migrate(ports, trial, signal);
  const observations = await watch.finish();
  const lint = await lintMigration(linter, watch, copy.server.major, signal);
  const compatibility = migration.error ? notReached : await trial.prove(signal);
  const down = migration.error || !trial.down ? null : await takeBack(ports, trial.down, watch, signal);
  const seen = { migration, observations, liveLongest, compatibility, down, lint };
  const judged = judgeRehearsal(seen, policy);
  return {
    v: 1,
    at: clock.now().toISOString(),
    service: manifest.service,
    server: copy.server.version,
    release,
    backup: { id, at: manifest.at, level: highestLevel(smoked.manifest), release: manifest.release },
    times: { restoreMs, cloneMs, totalMs: Math.round(clock.monotonicMs() - began) },
    ...seen,
    ...judged,
    notTested: notTested(manifest, observations, [
      ...copy.notSeen,
      ...notLinted(linter, lint),
      ...smoked.notNoted,
      ...trial.notTested(),
    ]),
  };
}

const notReached: Compatibility = {
  release: null,
  result: "not-tested",
  why: "the migration failed",
  verdicts: [],
};

async function migrate(ports: BackupPorts, trial: Trial, signal: AbortSignal | undefined): Promise<MigrationRun> {
  const { ms, error } = await attempted(ports, () => trial.migrate(signal), signal);
  return { ...trial.migration, ms, error };
}

async function takeBack(
  ports: BackupPorts,
  down: NonNullable<Trial["down"]>,
  watch: RehearsalWatch,
  signal: AbortSignal | undefined,
): Promise<DownRun> {
  const { ms, error } = await attempted(ports, () => down(signal), signal);
  return { ms, error, left: error ? [] : await watch.difference() };
}

interface Attempted {
  readonly ms: number;
  readonly error: MigrationRun["error"];
}

/** @throws whatever is no failure of what was tried */
async function attempted(
  { clock }: BackupPorts,
  run: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Attempted> {
  const began = clock.monotonicMs();
  const ms = () => Math.round(clock.monotonicMs() - began);
  try {
    await run();
    return { ms: ms(), error: null };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSluiceError(error) || !failures.has(error.code)) throw error;
    const { code, message, detail } = error;
    return { ms: ms(), error: { code, message, detail } };
  }
}

function notTested(
  manifest: Manifest,
  { tables, notSeen = [] }: Observations,
  more: readonly string[],
): readonly string[] {
  return [
    "the application's own traffic beside the migration",
    "how long a disk takes: the copy does not wait for it",
    `what was written after ${manifest.at}`,
    ...(reaches(highestLevel(manifest), "compared")
      ? []
      : ["whether the backup holds what the database held: sluice db verify"]),
    ...(tables.length === 0 ? ["any table: the backup holds none"] : []),
    ...tables
      .filter(({ changed, rowsAfter }) => changed === null && rowsAfter !== null)
      .map(({ table }) => `whether what ${table} held was overwritten: rows are compared up to 200 MB a table`),
    ...notSeen,
    ...more,
  ];
}
