import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { runSqliteMigration } from "@sluice/database";
import { acquireLock } from "@sluice/journal";
import type { Session } from "../session.ts";
import { containersOf, databaseSettings } from "./open-database.ts";

export interface LockedRequest {
  readonly kind: "sqlite" | "command";
  /** The service of the database. */
  readonly database: string;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/**
 * Runs the migration of a database that has no server which could give a lock: one at a time for each state home, and of
 * SQLite for each file.
 *
 * @throws SluiceError LOCK_HELD, HOME_UNUSABLE, and what `job` rejects with
 */
export async function runLocked(session: Session, request: LockedRequest, job: () => Promise<void>): Promise<void> {
  const { kind, database, run, signal, onProgress } = request;
  const { migrate, file, toolImage, verify } = await databaseSettings(session);
  await using _lock = await lockInHome(session, request, migrate.wait);
  if (kind !== "sqlite" || file === undefined) {
    await job();
    return;
  }
  const runtime = session.runtime();
  const stack = await session.stack();
  const container = await runningOf(session, database, signal);
  if (container === null) {
    onProgress?.(`no lock beside ${file} keeps another migration away: ${database} does not run`);
    await job();
    return;
  }
  const { exec, throwAway } = runtime;
  const tool = { exec, throwAway, stack, container, toolImage, scratchMemoryBytes: verify.memory };
  const call = { ...tool, file, clock: session.clock, run, waitMs: migrate.wait, signal, onProgress };
  await runSqliteMigration(call, job);
}

/** By the service's name: a state home belongs to one stack. */
async function lockInHome(
  session: Session,
  { database, run, signal }: LockedRequest,
  waitMs: number,
): Promise<AsyncDisposable> {
  const home = await session.home();
  const path = join(home.path, "migrations", database);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SluiceError("HOME_UNUSABLE", `${path} cannot be made`, { cause });
  }
  const { actor } = session.options;
  const holder = { actor, reason: `migration ${run} of ${database}`, release: "none" };
  return acquireLock({ path, clock: home.clock, held: home.held }, { ...holder, waitMs, signal });
}

async function runningOf(session: Session, service: string, signal: AbortSignal): Promise<string | null> {
  const { observer } = await session.ports();
  const observed = await observer.observe(await session.project(signal), signal);
  return containersOf(observed, service).find(({ state }) => state === "running")?.id ?? null;
}
