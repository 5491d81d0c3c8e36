import { createHash } from "node:crypto";
import { type Clock, type ContainerExec, isSluiceError, messageOf } from "@sluice/core";
import type { LockHolder } from "../migrate/migration-server.ts";
import { takeRunLock } from "../migrate/run-lock.ts";
import { openLasting } from "../process/lasting-session.ts";
import type { Turns } from "../process/turns.ts";
import { openSession } from "./client.ts";
import { fromHex, type MysqlTarget, quoteText } from "./target.ts";

export interface MysqlLockCall {
  readonly exec: ContainerExec;
  readonly target: MysqlTarget;
  readonly clock: Clock;
  /** Id of what is run, in messages. */
  readonly run: string;
  /** How long another migration of the same database is waited for. Milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** The lock of one run, free when it is disposed. */
export interface MysqlRunLock extends AsyncDisposable {
  /** Nobody else can have had it since it was taken. */
  isHeld(): Promise<boolean>;
}

/** Locks have names, and a server has one for all of its databases: at most 64 characters, so that theirs are digested. */
export function lockName(database: string): string {
  return `sluice-migration-${createHash("sha1").update(database).digest("hex")}`;
}

/**
 * Takes the lock that keeps two migrations of a database apart, whatever machine they come from. A session of our own holds it
 * and nothing else: it ends with us, and the lock with it. An account that cannot have one is told so, and goes on without.
 *
 * @throws SluiceError LOCK_HELD naming the session that has it; the signal's reason
 */
export async function openRunLock(call: MysqlLockCall): Promise<MysqlRunLock> {
  const { exec, target, clock, run, waitMs, signal, onProgress } = call;
  let session: Turns | null = null;
  try {
    const open = (until: AbortSignal) => openSession(exec, target, { session: `migrate-${run}`, signal: until });
    const opened = await openLasting(open, keepIdle, signal);
    session = opened;
    await takeRunLock({ tryLock: () => tryLock(opened, target.database) }, clock, waitMs, signal, endOf);
    return {
      isHeld: () => isHeld(opened, target.database),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session?.[Symbol.asyncDispose]();
    signal?.throwIfAborted();
    if (isSluiceError(error) && error.code === "LOCK_HELD") throw error;
    const why = messageOf(error);
    onProgress?.(`no lock keeps another migration away: ${why}`);
    return { isHeld: async () => true, async [Symbol.asyncDispose]() {} };
  }
}

/** Idle sessions are ended after hours by default, and sooner on many servers. */
export const keepIdle = "set session wait_timeout = 604800;";

const endOf = (pid: number) => `kill ${pid}`;

/** Never waits in the server: that could not be aborted. `null`: it is ours now. */
export async function tryLock(session: Pick<Turns, "query">, database: string): Promise<LockHolder | null> {
  const name = quoteText(lockName(database));
  const [taken] = await session.query(`select get_lock(${name}, 0);`);
  if (taken === "1") return null;
  if (taken !== "0") throw new Error(`the server has no lock to give: ${taken ?? "no answer"}`);
  const [holder = ""] = await session.query(
    `select id, hex(concat(user, '@', host)), date_format(utc_timestamp() - interval time second, '%Y-%m-%dT%H:%i:%sZ')
     from information_schema.processlist where id = is_used_lock(${name});`,
  );
  const [pid = "0", who = "", since = ""] = holder.split("\t");
  // It may be free again, or a session of another account that ours may not see.
  return { pid: Number(pid), name: fromHex(who), since };
}

async function isHeld(session: Turns, database: string): Promise<boolean> {
  try {
    const [held] = await session.query(`select is_used_lock(${quoteText(lockName(database))}) = connection_id();`);
    return held === "1";
  } catch {
    return false;
  }
}
