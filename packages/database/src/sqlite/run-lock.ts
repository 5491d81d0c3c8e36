import { randomBytes } from "node:crypto";
import { type Clock, isSluiceError, messageOf } from "@sluice/core";
import type { LockHolder } from "../migrate/migration-server.ts";
import { takeRunLock } from "../migrate/run-lock.ts";
import { orDispose } from "../process/or-dispose.ts";
import type { Turns } from "../process/turns.ts";
import { type OpenTool, openTool, type ToolOptions } from "./open-tool.ts";
import { isBusy, type SqliteTool } from "./tool.ts";

export interface SqliteLockCall extends ToolOptions {
  /** Path of the database in that container. */
  readonly file: string;
  readonly clock: Clock;
  /** Id of what is run, in messages. */
  readonly run: string;
  /** How long another migration of the same database is waited for. Milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

const lockLost =
  "the process that held the lock of the migration was lost: another migration may have run beside this one";

/** Beside the database, so that whoever reaches the one meets the other. It stays: taking it away could give two of them to two. */
export const lockFileOf = (file: string) => `${file}__migrate_lock`;

/**
 * Runs a migration with any tool, one at a time in a database, whatever stack, machine and state home it comes from. A process of
 * our own in the container holds a lock on a file beside the database, by SQLite's own locking, and nothing else: it ends with us,
 * and the lock with it. Where it cannot be had, or is lost meanwhile, that is told, and the tool goes on: stopped in the middle,
 * it may leave more than it may meet. A file system whose locks do not reach from machine to machine (many of networks) keeps
 * apart those of one machine.
 *
 * @throws SluiceError LOCK_HELD naming the run that has it; what `attempt` rejects with; the signal's reason
 */
export async function runSqliteMigration(call: SqliteLockCall, attempt: () => Promise<void>): Promise<void> {
  await using lock = await openRunLock(call);
  await attempt();
  if (!(await lock.isHeld())) call.onProgress?.(lockLost);
}

interface SqliteRunLock extends AsyncDisposable {
  isHeld(): Promise<boolean>;
}

async function openRunLock(call: SqliteLockCall): Promise<SqliteRunLock> {
  const { signal, onProgress } = call;
  try {
    return await orDispose(await openTool(call, signal), (tool) => lockWith(tool, call));
  } catch (error) {
    signal?.throwIfAborted();
    if (isSluiceError(error) && error.code === "LOCK_HELD") throw error;
    const why = messageOf(error);
    onProgress?.(`no lock keeps another migration away: ${why}`);
    return { isHeld: async () => true, async [Symbol.asyncDispose]() {} };
  }
}

/** Disposing disposes of the tool, too. */
async function lockWith(tool: OpenTool, { file, clock, run, waitMs, signal }: SqliteLockCall): Promise<SqliteRunLock> {
  const holder = { token: randomBytes(8).toString("hex"), run, since: clock.now().toISOString() };
  let held: Turns | null = null;
  const tryOnce = async () => {
    const found = await tryLock(tool, lockFileOf(file), holder);
    if (!("query" in found)) return found;
    held = found;
    return null;
  };
  await takeRunLock({ tryLock: tryOnce }, clock, waitMs, signal);
  const session = held as Turns | null;
  return {
    isHeld: async () => session !== null && (await isOurs(session, holder.token).catch(() => false)),
    async [Symbol.asyncDispose]() {
      await session?.[Symbol.asyncDispose]();
      await tool[Symbol.asyncDispose]();
    },
  };
}

interface Holder {
  readonly token: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/**
 * The lock is an open transaction that has written nothing: others may read who has it. Who that is has to be committed before,
 * so that somebody else may have come first in between: then its name is there.
 */
async function tryLock(tool: SqliteTool, file: string, { token, run, since }: Holder): Promise<Turns | LockHolder> {
  const session = await tool.hold(file);
  try {
    const statements = [
      "pragma busy_timeout = 0;",
      "create table if not exists holder (token text, run text, since text);",
      "begin immediate;",
      "delete from holder;",
      `insert into holder values ('${token}', '${run.replaceAll("'", "''")}', '${since}');`,
      "commit;",
      "begin immediate;",
    ];
    await session.query(statements.join("\n"));
    if (await isOurs(session, token)) return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    if (!isBusy(error)) throw error;
    return readHolder(tool, file);
  }
  await session[Symbol.asyncDispose]();
  return readHolder(tool, file);
}

async function isOurs(session: Turns, token: string): Promise<boolean> {
  const [found] = await session.query("select token from holder;");
  return found === token;
}

async function readHolder(tool: SqliteTool, file: string): Promise<LockHolder> {
  try {
    const [line = ""] = await tool.query(file, ["select run, since from holder;"]);
    const [name = "", since = ""] = line.split("\t");
    return { pid: null, name, since };
  } catch {
    // Somebody takes it in this moment.
    return { pid: 0, name: "", since: "" };
  }
}
