import { messageOf } from "@sluice/core";
import type { Session } from "../migrate/activity.ts";
import type { MigrationServer } from "../migrate/migration-server.ts";
import { openLasting } from "../process/lasting-session.ts";
import type { Turns } from "../process/turns.ts";
import { activitySql, type Latest, parseActivity, sightSql } from "./activity.ts";
import { openSession, runSql } from "./client.ts";
import { keepIdle, type MysqlLockCall } from "./run-lock.ts";

/** One session in the server that looks who waits for whom, and ends sessions. */
export interface MysqlWatch
  extends Pick<MigrationServer, "sessions" | "prepared" | "end" | "endMigrations">,
    AsyncDisposable {
  /** Before each start of a tool: whoever is connected now is not it. */
  begin(): Promise<void>;
}

/**
 * A server that asks for the names of its clients remembers who had an address before. Whoever has it now would pass for
 * the tool, or the tool for somebody else.
 */
const forgetNames = { mariadb: "flush local hosts;", mysql: "truncate table performance_schema.host_cache;" } as const;

/**
 * Opens it. Without it a migration runs all the same, and whoever is told anything is told that nobody watches: ending a tool
 * because it cannot be watched would leave more than it may do.
 */
export async function openWatch(
  call: Pick<MysqlLockCall, "exec" | "target" | "run" | "signal" | "onProgress">,
): Promise<MysqlWatch> {
  const { exec, target, run, signal, onProgress } = call;
  let session: Turns | null = null;
  let latest: Latest = { connection: Number.MAX_SAFE_INTEGER, knowsNames: false };
  let look = async (): Promise<readonly Session[]> => [];
  const lose = (error: unknown) => {
    look = async () => [];
    onProgress?.(`nobody sees who waits for the migration: ${messageOf(error)}`);
  };
  const begin = async () => {
    const connect = async (sql: string) => {
      const [id] = await runSql(exec, target, `${sql} select connection_id();`, {
        session: `migrate-watch-${run}`,
        signal,
      });
      return Number(id);
    };
    try {
      const forgotten = await connect(forgetNames[target.kind]).catch(() => null);
      latest = { connection: forgotten ?? (await connect("")), knowsNames: forgotten !== null };
    } catch (error) {
      signal?.throwIfAborted();
      lose(error);
    }
  };
  try {
    const asked = { session: `migrate-watch-${run}`, options: ["--force"] };
    const open = (until: AbortSignal) => openSession(exec, target, { ...asked, signal: until });
    const opened = await openLasting(open, keepIdle, signal);
    session = opened;
    const sight = new Set((await opened.query(sightSql(target.kind))).map((line) => line.split("\t")[0]));
    const sql = activitySql(target, { transactions: sight.has("transactions"), waits: sight.has("waits") });
    look = async () => parseActivity(await opened.query(sql), latest);
    await look();
    if (!sight.has("transactions")) {
      onProgress?.(
        `${target.user} may not see transactions of others (PROCESS): who is in the way of the migration may stay unnamed`,
      );
    }
  } catch (error) {
    if (signal?.aborted) await session?.[Symbol.asyncDispose]();
    signal?.throwIfAborted();
    lose(error);
  }
  return {
    begin,
    async sessions() {
      try {
        return await look();
      } catch (error) {
        lose(error);
        return [];
      }
    },
    prepared: async () => [],
    async end(sessions, how) {
      const verb = how === "cancel" ? "kill query" : "kill";
      // One that has just ended is no error for a client that goes on after those.
      if (sessions.length > 0)
        await session?.query(sessions.map(({ pid }) => `${verb} ${pid};`).join("\n")).catch(lose);
    },
    // They have no names here: those of a tool that is gone end with their connections.
    endMigrations: async () => 0,
    async [Symbol.asyncDispose]() {
      await session?.[Symbol.asyncDispose]();
    },
  };
}
