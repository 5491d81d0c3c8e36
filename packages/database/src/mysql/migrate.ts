import { halfDone } from "../migrate/half-done.ts";
import { followedCatalogs } from "../rehearsal/by-name/follow.ts";
import type { SchemaState } from "../rehearsal/by-name/state.ts";
import { leftBehind } from "../rehearsal/left-behind.ts";
import { newTables, schemaChanges } from "../rehearsal/schema-changes.ts";
import { readState } from "./rehearsal/read-state.ts";
import { type MysqlLockCall, openRunLock } from "./run-lock.ts";

export interface MysqlMigrationCall extends MysqlLockCall {
  /** What to do where the schema is left half changed, for people; see `goBackText`. */
  readonly goBack?: string | undefined;
}

const lockLost =
  "the session that held the lock of the migration was lost: another migration may have run beside this one";

/** Of what is left, more is not listed. */
const mostListed = 12;

/**
 * Runs a migration with any tool, one at a time in a database. A server of this kind takes no change of a schema back: where the tool fails, the error
 * says what it leaves. Nobody watches it, and rows that it has changed are not looked at. That the schema cannot be read
 * (it takes the right to see InnoDB's own tables) keeps no migration from running.
 *
 * Losing the session that holds the lock ends no migration: stopped in the middle, it would leave more than it may meet.
 * That is told.
 *
 * @throws SluiceError LOCK_HELD, and what `attempt` rejects with
 */
export async function runMysqlMigration(call: MysqlMigrationCall, attempt: () => Promise<void>): Promise<void> {
  await using lock = await openRunLock(call);
  const before = await schemaOf(call);
  try {
    await attempt();
    if (!(await lock.isHeld())) call.onProgress?.(lockLost);
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw halfDoneError(error, call, before, await schemaOf(call));
  }
}

async function schemaOf({ exec, target, signal }: MysqlMigrationCall): Promise<SchemaState | null> {
  try {
    return await readState(exec, target, { session: "migrate", signal });
  } catch {
    return null;
  }
}

function halfDoneError(
  error: unknown,
  { target, goBack }: MysqlMigrationCall,
  before: SchemaState | null,
  after: SchemaState | null,
): unknown {
  const server = target.kind === "mariadb" ? "MariaDB" : "MySQL";
  if (!before || !after) {
    const left = `whether it leaves the schema half changed could not be looked at, and ${server} takes no change of a schema back`;
    return halfDone(error, left, goBack);
  }
  const left = schemaDifference(before, after);
  if (left.length === 0) return error;
  const more = left.length > mostListed ? `, and ${left.length - mostListed} more` : "";
  const listed = `${left.slice(0, mostListed).join(", ")}${more}`;
  return halfDone(
    error,
    `it leaves the schema half changed, as ${server} takes no change of a schema back: ${listed}; rows were not compared`,
    goBack,
  );
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
