import { isSluiceError, messageOf } from "@sluice/core";
import { type CutShort, cutShort, halfDone } from "../migrate/half-done.ts";
import { endLeftSessions } from "../migrate/left-sessions.ts";
import { backOff, failureOf, type MigrationReport, preflight } from "../migrate/migrate.ts";
import type { MigrationSettings } from "../migrate/settings.ts";
import { type AttemptCall, runAttempt } from "../migrate/watched-attempt.ts";
import { followedCatalogs } from "../rehearsal/by-name/follow.ts";
import type { SchemaState } from "../rehearsal/by-name/state.ts";
import { leftBehind } from "../rehearsal/left-behind.ts";
import { newTables, schemaChanges } from "../rehearsal/schema-changes.ts";
import { mysqlLeftServer } from "./left-server.ts";
import { readMajor, readState } from "./rehearsal/read-state.ts";
import { type MysqlLockCall, openRunLock } from "./run-lock.ts";
import { openWatch } from "./watch.ts";

export interface MysqlMigrationCall extends Omit<MysqlLockCall, "waitMs"> {
  /** What goes through the environment is nothing here: limits are kept by watching. */
  readonly settings: MigrationSettings;
  /** What to do where the schema is left half changed, for people; see `goBackText`. */
  readonly goBack?: string | undefined;
  /** Called where the signal has ended it in the middle, with what was seen in the server then. */
  readonly onCutShort?: ((left: CutShort) => void) | undefined;
  /** That tools of earlier runs came from, whose containers are gone: their sessions are ended. Default: none is known. */
  readonly left?: readonly string[] | undefined;
}

const lockLost =
  "the session that held the lock of the migration was lost: another migration may have run beside this one";

/** Of what is left, more is not listed. */
const mostListed = 12;

/**
 * Runs a migration with any tool, one at a time in a database, watched, and again where it only met a lock and the schema is what
 * it was. A server of this kind takes no change of a schema back: where the tool fails or is given up, the error says what it leaves.
 * Rows that it has changed are not looked at. That the schema cannot be read (it takes the right to see InnoDB's own tables)
 * keeps no migration from running.
 *
 * What an earlier run that died has left at work in the server is ended before, or waited for.
 *
 * Losing the session that holds the lock, or the one that watches, ends no migration: stopped in the middle, it would leave more
 * than it may meet. That is told.
 *
 * @returns `null` where nobody could see what it did
 * @throws SluiceError LOCK_HELD, PREFLIGHT_FAILED, MIGRATION_FAILED (it met a lock or a time limit), and what `attempt` rejects with
 */
export async function runMysqlMigration(
  call: MysqlMigrationCall,
  attempt: (call: AttemptCall) => Promise<void>,
): Promise<MigrationReport | null> {
  const { clock, signal, onProgress: tell = () => undefined } = call;
  const settings = { ...call.settings, inject: false };
  await using lock = await openRunLock({ ...call, waitMs: settings.waitMs });
  await endLeft(call);
  const startedMs = clock.monotonicMs();
  await using server = await openWatch(call);
  const old = await preflight({ server, settings }, tell);
  signal?.throwIfAborted();
  const major = await readMajor(call.exec, call.target, { session: "migrate", signal }).catch(() => null);
  const before = await schemaOf(call, major);
  for (let number = 1; ; number += 1) {
    await server.begin();
    const ended = await runAttempt({ ...call, server, settings }, attempt);
    if (ended.ok && !(await lock.isHeld())) tell(lockLost);
    // What was interrupted is looked at, too.
    const after = await schemaOf({ ...call, signal: signal?.aborted ? AbortSignal.timeout(lookMs) : undefined }, major);
    const left = before && after ? schemaDifference(before, after) : null;
    if (ended.ok) {
      const ms = clock.monotonicMs() - startedMs;
      return (
        left && { attempts: number, ms, longTransactions: old, schemaChanged: left.length > 0, invalidIndexes: [] }
      );
    }
    if (signal?.aborted) call.onCutShort?.(cutShort(left?.length === 0 ? null : leftText(call, left), call.goBack));
    signal?.throwIfAborted();
    if (ended.metLock && left?.length === 0 && number < settings.attempts && (await lock.isHeld())) {
      await backOff({ clock, settings, signal }, ended.why, number, tell);
      continue;
    }
    const half = (failed: unknown) => halfDone(failed, leftText(call, left), call.goBack);
    throw failureOf(ended, number, left?.length === 0 ? null : half);
  }
}

/** An account that sees nothing is told so, and goes on. @throws SluiceError LOCK_HELD; the signal's reason */
async function endLeft({
  exec,
  target,
  clock,
  run,
  settings,
  signal,
  onProgress,
  left = [],
}: MysqlMigrationCall): Promise<void> {
  const server = mysqlLeftServer(exec, target, new Set(left), { session: `migrate-left-${run}`, signal });
  const { database } = target;
  const { waitMs } = settings;
  const endSession = (pid: number) => `kill ${pid}`;
  try {
    await endLeftSessions({ server, clock, database, endSession, waitMs, signal, onProgress });
  } catch (error) {
    signal?.throwIfAborted();
    if (isSluiceError(error) && error.code === "LOCK_HELD") throw error;
    const why = messageOf(error);
    onProgress?.(`nobody sees whether a migration that was killed is still at work: ${why}`);
  }
}

/** What an aborted migration has left is worth a look, but not one at a database that does not answer. Milliseconds. */
const lookMs = 10_000;

/** @param major of the server; `null` where nobody could ask it */
async function schemaOf(
  { exec, target, signal }: MysqlMigrationCall,
  major: number | null,
): Promise<SchemaState | null> {
  try {
    return major === null ? null : await readState(exec, target, major, { session: "migrate", signal });
  } catch {
    return null;
  }
}

/** @param left `null` where nobody could look */
function leftText({ target }: MysqlMigrationCall, left: readonly string[] | null): string {
  const server = target.kind === "mariadb" ? "MariaDB" : "MySQL";
  if (left === null) {
    return `whether it leaves the schema half changed could not be looked at, and ${server} takes no change of a schema back`;
  }
  const more = left.length > mostListed ? `, and ${left.length - mostListed} more` : "";
  const listed = `${left.slice(0, mostListed).join(", ")}${more}`;
  return `it leaves the schema half changed, as ${server} takes no change of a schema back: ${listed}; rows were not compared`;
}

/** How two moments of a schema differ, for people; empty where they are the same. Pure. */
export function schemaDifference(then: SchemaState, now: SchemaState): readonly string[] {
  const { before, after } = followedCatalogs(then, now);
  const old = new Set(then.objects.map(nameOfObject));
  return [
    ...leftBehind({ changes: schemaChanges(before, after), newTables: newTables(before, after), tables: [] }),
    ...now.objects
      .map(nameOfObject)
      .filter((name) => !old.has(name))
      .map((name) => `new ${name}`),
  ];
}

const nameOfObject = ({ what, name }: SchemaState["objects"][number]) => `${what} ${name}`;
