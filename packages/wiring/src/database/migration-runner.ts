import { join } from "node:path";
import {
  type DatabaseConfig,
  type JobAttempt,
  type MigrationRequest,
  type MigrationRunner,
  SluiceError,
} from "@sluice/core";
import {
  type CutShort,
  type DataRollback,
  type DataRollbackFacts,
  dataRollbackText,
  findMysqlTarget,
  findPostgresTarget,
  goBackText,
  type MigrationReport,
  type MigrationServer,
  type MigrationSettings,
  type MysqlTarget,
  openPostgresMigrationServer,
  type PostgresTarget,
  planDataRollback,
  postgresMigrationEnvironment,
  runMysqlMigration,
  runPostgresMigration,
} from "@sluice/database";
import type { Session } from "../session.ts";
import { isAllOrNothing } from "./all-or-nothing.ts";
import { backupsOfFound } from "./backups-of-found.ts";
import { type FoundDatabase, findDatabase } from "./find-database.ts";
import { runNoted } from "./job-addresses.ts";
import { databaseSettings } from "./open-database.ts";
import { runLocked } from "./run-locked.ts";

/** Runs jobs with care; whoever calls it holds the lock of the stack. */
export function createMigrationRunner(session: Session): MigrationRunner {
  return {
    async environment({ database, run }, written) {
      if ((await kindOf(session)) !== "postgres") return {};
      // It is asked while containers are made, before the job waits for it.
      void findTarget(session, database).catch(() => undefined);
      const { migrate } = await databaseSettings(session);
      return postgresMigrationEnvironment(written, run, migrationSettings(migrate, false));
    },
    run: async (request, job) => ({ ...(await runWatched(session, request, job)) }),
  };
}

/** What is known of a job that was run with care. */
export interface WatchedRun extends MigrationReport {
  readonly dataRollback: DataRollback;
}

/** Where a run is all or nothing, and nobody has said how often it may be tried. */
const usualAttempts = 3;

export interface WatchedRequest extends MigrationRequest {
  /** Called where the signal has ended it in the middle and somebody could look, with what it has left. */
  readonly onCutShort?: ((left: CutShort) => void) | undefined;
}

/**
 * @param takesBack the command that runs in the job's place and takes a migration back: nothing is known that would take that back
 * @returns `null` for a database that nobody can watch: the job just ran, alone. Of MariaDB and MySQL a failure says what it leaves half
 * changed.
 */
export async function runWatched(
  session: Session,
  request: WatchedRequest,
  job: (attempt: JobAttempt) => Promise<void>,
  takesBack: readonly string[] | null = null,
): Promise<WatchedRun | null> {
  const { database, run, jobs, release, signal = new AbortController().signal, onProgress, onCutShort } = request;
  const kind = await kindOf(session);
  const unwatched = () => job({ signal, onStarted: () => undefined });
  const { migrate } = await databaseSettings(session);
  const ended = await session.runtime().endJobs(await session.stack(), signal);
  if (ended.length > 0) onProgress?.("a job that a run before has left at work was ended");
  if (kind === "sqlite" || kind === "command") {
    await runLocked(session, { kind, database, run, signal, onProgress }, unwatched);
    return null;
  }
  const down = takesBack ? null : (migrate.down?.command ?? null);
  const backups = await backupsOfFound(session, { service: database, kind }, signal);
  const previousRunsOnIt = request.previousRunsOnIt ?? null;
  const facts = { jobs, release: release.bundle.tag, down, previousRunsOnIt, backups };
  const dataRollback = planDataRollback({ ...facts, now: session.clock.now(), rows: null });
  onProgress?.(dataRollbackText(dataRollback));
  const goBack = goBackText(backups);
  const whole = await Promise.all(jobs.map((name) => isAllOrNothing(kind, release, name, takesBack)));
  const settings = migrationSettings(migrate, whole.every(Boolean));
  const noted = { directory: join((await session.home()).path, "migrations", database), ended, job };
  if (kind !== "postgres") {
    const target = await findMysql(session, database, signal);
    if (!target) {
      await unwatched();
      return null;
    }
    const { exec } = session.runtime();
    const call = { exec, target, clock: session.clock, settings, run, signal, onProgress, onCutShort, goBack };
    const report = await runNoted({ ...noted, run: (left, watched) => runMysqlMigration({ ...call, left }, watched) });
    return report && { ...report, dataRollback };
  }
  await using server = await openServer(session, database, run, signal);
  const call = { server, clock: session.clock, settings, run, signal, onProgress, onCutShort, goBack };
  const report = await runNoted({
    ...noted,
    run: (left, watched) => runPostgresMigration({ ...call, left }, watched),
  });
  return { ...report, dataRollback };
}

async function kindOf(session: Session): Promise<FoundDatabase["kind"]> {
  const { services, model } = await session.project();
  return findDatabase(await databaseSettings(session), services, model).kind;
}

/** `null` where it cannot be asked: its migration runs all the same. */
export async function findMysql(session: Session, database: string, signal: AbortSignal): Promise<MysqlTarget | null> {
  const runtime = session.runtime();
  const { user, name } = await databaseSettings(session);
  try {
    const [container] = await runtime.runningOf(await session.stack(), database, signal);
    return container ? await findMysqlTarget(runtime.exec, container, { user, database: name, signal }) : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** How data would come back if jobs of a release ran now. */
export async function planWayBack(
  session: Session,
  database: string,
  asked: Pick<DataRollbackFacts, "jobs" | "release" | "down">,
  server: Pick<MigrationServer, "countRows"> | null,
): Promise<DataRollback> {
  const backups = await backupsOfFound(session, { service: database, kind: await kindOf(session) });
  const rows = server && backups.length > 0 ? await server.countRows().catch(() => null) : null;
  return planDataRollback({ ...asked, previousRunsOnIt: null, backups, now: session.clock.now(), rows });
}

/** @throws SluiceError DATABASE_UNREACHABLE; the signal's reason */
export async function openServer(
  session: Session,
  database: string,
  run: string,
  signal: AbortSignal,
): Promise<MigrationServer> {
  const target = await findTarget(session, database, signal);
  return openPostgresMigrationServer(session.runtime().exec, target, run, signal);
}

/** What was found of a container stays true as long as there is one of its id. */
const found = new WeakMap<Session, Map<string, Promise<PostgresTarget>>>();

export async function findTarget(session: Session, database: string, signal?: AbortSignal): Promise<PostgresTarget> {
  const runtime = session.runtime();
  const [container] = await runtime.runningOf(await session.stack(), database, signal);
  if (container === undefined) {
    throw new SluiceError("DATABASE_UNREACHABLE", `${database} does not run: nobody can watch a migration of it`, {
      hint: "sluice status shows what brings it back",
    });
  }
  const known = found.get(session) ?? new Map<string, Promise<PostgresTarget>>();
  found.set(session, known);
  const { user, name } = await databaseSettings(session);
  const target = known.get(container) ?? findPostgresTarget(runtime.exec, container, { user, database: name, signal });
  known.set(container, target);
  // What fails or is aborted is asked anew by the next.
  target.catch(() => known.delete(container));
  return target;
}

function migrationSettings(migrate: DatabaseConfig["migrate"], isWhole: boolean): MigrationSettings {
  const { profile, onLongTransaction, attempts = isWhole ? usualAttempts : 1, inject } = migrate;
  return {
    lockTimeoutMs: migrate.lockTimeout,
    statementTimeoutMs: migrate.statementTimeout,
    queueTimeoutMs: migrate.queueTimeout,
    longTransactionMs: migrate.longTransaction,
    waitMs: migrate.wait,
    profile,
    onLongTransaction,
    attempts,
    inject,
  };
}
