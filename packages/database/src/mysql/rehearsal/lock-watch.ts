import type { Clock, ContainerExec } from "@sluice/core";
import * as z from "zod";
import { type ClientOptions, openSession } from "../client.ts";
import { type MysqlTarget, maintenance } from "../target.ts";
import type { SeenLock } from "./observations.ts";
import { locksSql } from "./watch-sql.ts";

const everyMs = 50;

const lockSchema = z.lazy(() =>
  z.object({
    thread: z.int(),
    table: z.string(),
    mode: z.enum(["SHARED_NO_WRITE", "SHARED_NO_READ_WRITE", "EXCLUSIVE"]),
  }),
);

export interface LockWatch {
  /** What was seen; the looking is over. */
  finish(): Promise<readonly SeenLock[]>;
}

/**
 * Looks again and again who keeps others out of which table, over one connection: the server keeps no record of it. What is
 * held for a shorter time than between two looks is not seen.
 */
export async function watchLocks(
  exec: ContainerExec,
  clock: Clock,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<LockWatch> {
  const session = await openSession(exec, maintenance(target), options);
  const held = new Map<string, { readonly lock: SeenLock; readonly since: number; lastSeen: number }>();
  const over = new AbortController();
  const look = async () => {
    const lines = await session.query(locksSql(target.database));
    const now = clock.monotonicMs();
    for (const line of lines) {
      const { thread, table, mode } = lockSchema.parse(JSON.parse(line));
      const key = `${thread} ${mode} ${table}`;
      const known = held.get(key);
      if (known) known.lastSeen = now;
      else held.set(key, { lock: { table, mode, heldMs: 0 }, since: now, lastSeen: now });
    }
  };
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look();
      await clock.sleep(everyMs, over.signal).catch(() => undefined);
    }
  })();
  // It is asked for at the end; until then nobody else would hear of it.
  looking.catch(() => undefined);
  return {
    async finish() {
      over.abort();
      try {
        await looking;
      } finally {
        await session[Symbol.asyncDispose]();
      }
      return [...held.values()].map(({ lock, since, lastSeen }) => ({ ...lock, heldMs: lastSeen - since }));
    },
  };
}
