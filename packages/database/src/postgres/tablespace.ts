import type { ContainerExec } from "@sluice/core";
import { type PsqlOptions, runSql } from "./psql.ts";
import type { PostgresTarget } from "./target.ts";

/** Name of the tablespace that a database lies in, where the user may make another one in it; else none. @throws SluiceError */
export async function readTablespace(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<string | undefined> {
  const sql = `select t.spcname from ${ofDatabase} and has_tablespace_privilege(t.oid, 'create');`;
  const [name] = await runSql(exec, target, sql, options);
  return name;
}

/**
 * Where a database is, and where the server's log is, in its container; `null` where that is not shown, as not to everybody.
 *
 * @throws SluiceError
 */
export async function readDirectories(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<{ readonly own: string | null; readonly log: string | null }> {
  const sql = `select coalesce(nullif(pg_tablespace_location(t.oid), ''), (${serverDirectory})) from ${ofDatabase};
    select (${serverDirectory}) || '/pg_wal';`;
  const [own = null, log = null] = await runSql(exec, target, sql, options);
  return { own, log };
}

const ofDatabase = "pg_database d join pg_tablespace t on t.oid = d.dattablespace where d.datname = current_database()";
const serverDirectory = "select setting from pg_settings where name = 'data_directory'";
