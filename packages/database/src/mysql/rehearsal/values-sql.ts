import type { CatalogColumn } from "../../rehearsal/catalog.ts";
import { digestSql, type MysqlTarget, quoteName } from "../target.ts";

/** What to compare of a table, at one moment. */
export interface Values {
  readonly database: string;
  readonly table: string;
  /** Not empty. */
  readonly columns: readonly CatalogColumn[];
}

/** One number: how many rows of a table are not there any more as they were, in as many columns of the other. */
export function goneSql(kind: MysqlTarget["kind"], was: Values, is: Values): string {
  return `select coalesce(sum(greatest(times, 0)), 0) from (
  select sum(times) as times from (
    ${hashesSql(kind, was, 1)}
    union all ${hashesSql(kind, is, -1)}
  ) both_moments group by hash
) counted;`;
}

function hashesSql(kind: MysqlTarget["kind"], { database, table, columns }: Values, times: 1 | -1): string {
  const row = `concat_ws('#', ${columns.map((column) => textOf(column, kind)).join(", ")})`;
  const hash = `cast(conv(left(${digestSql(kind, row)}, 15), 16, 10) as unsigned)`;
  return `select ${hash} as hash, ${times} as times from ${quoteName(database)}.${quoteName(table)}`;
}

/** Bytes as they are, everything else as its text, whatever its character set: a type that became wider has the same. */
function textOf({ name, type }: CatalogColumn, kind: MysqlTarget["kind"]): string {
  const column = quoteName(name);
  const isBytes =
    /^(?:(?:var)?binary|(?:tiny|medium|long)?blob|bit|geometry|point|linestring|polygon|multi\w+|geom\w+|vector)/.test(
      type,
    );
  const text = isBytes ? column : `convert(${column} using utf8mb4)`;
  return `coalesce(${digestSql(kind, `hex(${text})`)}, '-')`;
}
