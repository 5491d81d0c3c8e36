import { quoteName } from "../target.ts";

/** What to compare of a table. */
export interface Values {
  /** Quoted, with its schema. */
  readonly table: string;
  readonly columns: readonly string[];
}

/** In the throw-away server: a query reaches one database alone, and nothing of a row need leave the server. */
const file = "/tmp/sluice-values";

/** Keeps a hash of each row where the other database of the server finds it; of its text, which is the same where a type only became wider. */
export function keepValuesSql(values: Values): string {
  return `copy (select ${hashOf(values)} from only ${values.table} as sluice_row) to '${file}';`;
}

/**
 * One number: how many of the rows that were kept are not there as they were. It takes nothing but temporary files, however
 * many rows there are, and no trigger of the application's hears of it.
 */
export function goneSql(values: Values): string {
  return `set session_replication_role = replica; set enable_hashagg = off;
create temporary table sluice_values (hash bigint);
copy pg_temp.sluice_values from '${file}';
select coalesce(sum(greatest(times, 0)), 0)::bigint from (
  select sum(times) as times from (
    select hash, 1 as times from pg_temp.sluice_values
    union all select ${hashOf(values)}, -1 from only ${values.table} as sluice_row
  ) both_moments group by hash
) counted;`;
}

function hashOf({ columns }: Values): string {
  const row = `row(${columns.map((column) => `sluice_row.${quoteName(column)}`).join(", ")})`;
  return `hashtextextended(${row}::text collate "C", 0)`;
}
