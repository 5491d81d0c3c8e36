import type { ContainerExec } from "@sluice/core";
import { runSql as runMysql } from "../mysql/client.ts";
import { type MysqlTarget, quoteName } from "../mysql/target.ts";
import { runSql as runPostgres } from "../postgres/psql.ts";
import { type PostgresTarget, quoteText } from "../postgres/target.ts";

const session = "migrations";

/**
 * Numbers of the files that dbmate has run on a database, as its own table has them; none where there is no such table, or where more
 * than one schema has one.
 *
 * @param table with or without its schema
 * @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE
 */
export function postgresDbmateVersions(
  exec: ContainerExec,
  target: PostgresTarget,
  table: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const name = quoteText(table);
  const sql = `
select format('select version from %I.%I order by 1', min(n.nspname::text), min(c.relname::text))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and ${name} in (c.relname::text, n.nspname || '.' || c.relname)
having count(*) = 1
\\gexec`;
  return runPostgres(exec, target, sql, { session, signal });
}

/** The same of MariaDB and MySQL. @throws SluiceError BACKUP_FAILED (also where there is no such table), DATABASE_UNREACHABLE */
export function mysqlDbmateVersions(
  exec: ContainerExec,
  target: MysqlTarget,
  table: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return runMysql(exec, target, `select version from ${quoteName(table)} order by 1;`, { session, signal });
}
