import { type ContainerExec, isSluiceError } from "@sluice/core";
import { type ClientOptions, openSession } from "./client.ts";
import type { MysqlTarget } from "./target.ts";

/** While it is open, no transaction commits anywhere in the server: whoever looks meanwhile sees the same. Disposing ends it. */
export interface Gate extends AsyncDisposable {
  /** Why nothing is held still; `null` where it is. */
  readonly refused: string | null;
}

/**
 * MariaDB's own way for backups waits neither for long queries nor for open transactions. MySQL has none that does not wait
 * for the statements that run: two seconds, as others wait behind it. Whatever becomes of this process, the server ends
 * it: with the input of the client, or 30 s after its last word.
 */
const hold = {
  mariadb: ["set lock_wait_timeout = 5; backup stage start; backup stage block_commit;", "backup stage end;"],
  mysql: ["set lock_wait_timeout = 2; flush tables with read lock;", "unlock tables;"],
} as const;

/**
 * Holds all commits of the server for the moment in which two sessions take their snapshots: servers of this kind cannot
 * hand one session's on to another. An account without the right to is told so, and goes on without.
 */
export async function openGate(exec: ContainerExec, target: MysqlTarget, options: ClientOptions): Promise<Gate> {
  const session = await openSession(exec, target, options);
  const [begin, end] = hold[target.kind];
  try {
    await session.query(`set wait_timeout = 30; ${begin}`);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    options.signal?.throwIfAborted();
    if (!isSluiceError(error) || error.code !== "BACKUP_FAILED") throw error;
    return { refused: error.message, async [Symbol.asyncDispose]() {} };
  }
  return {
    refused: null,
    async [Symbol.asyncDispose]() {
      await session.query(end).catch(() => undefined);
      await session[Symbol.asyncDispose]();
    },
  };
}
