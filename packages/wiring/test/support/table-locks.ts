import { until } from "./until.ts";

/** What a swap may wait in: the lock before it drops anything, a view that it drops, and the renaming. */
const waiting =
  "select id from information_schema.processlist where info like 'lock tables%' or info like 'drop view%' or info like 'rename table%'";

const dropping = "select id from information_schema.processlist where info like 'drop view%'";

/**
 * What becomes of who waits for tables in a MariaDB or MySQL.
 *
 * @param sql as its administrator
 */
export function tableLocks(sql: (statements: string) => Promise<string>) {
  return {
    isWaiting: async () => (await sql(waiting)) !== "",
    /** What comes before views is dropped by then. On a busy machine the lock before it is seen as well. */
    isDropping: async () => (await sql(dropping)) !== "",
    /** Whoever waits for them gives up, as after the time that a server lets it wait. */
    endWaiting: () =>
      until(async () => {
        const id = await sql(waiting);
        if (id !== "") await sql(`kill query ${id}`).catch(() => "");
        return id === "";
      }),
    /** The server lets nobody wait for a table for longer, while something is done. */
    withLockWait: async <T>(seconds: number, work: () => Promise<T>): Promise<T> => {
      await sql(`set global lock_wait_timeout = ${seconds}`);
      try {
        return await work();
      } finally {
        await sql("set global lock_wait_timeout = default");
      }
    },
  };
}
