import { until } from "./until.ts";

const renaming = "select id from information_schema.processlist where info like 'rename table%'";

/**
 * What becomes of who waits for tables in a MariaDB or MySQL.
 *
 * @param sql as its administrator
 */
export function tableLocks(sql: (statements: string) => Promise<string>) {
  return {
    isRenaming: async () => (await sql(renaming)) !== "",
    /** Whoever waits to rename tables gives up, as after the time that a server lets it wait. */
    endRenaming: () =>
      until(async () => {
        const id = await sql(renaming);
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
