import type { Catalog, CatalogColumn } from "../../rehearsal/catalog.ts";
import { digestSql, type MysqlTarget, quoteName } from "../target.ts";

/** Hashing more would take longer than most migrations. */
const mostBytes = 200_000_000;

export interface Comparable {
  /** Name before. */
  readonly table: string;
  readonly was: string;
  readonly is: string;
}

/** Statements that hash what a table that was written anew kept, before and after; one line each. */
export function comparableSql(kind: MysqlTarget["kind"], before: Catalog, after: Catalog): readonly Comparable[] {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap((was) => {
    const is = now.get(was.oid);
    if (!is || is.file === was.file || was.bytes > mostBytes) return [];
    const kept = was.columns.flatMap((column) => {
      const later = is.columns.find(({ at }) => at === column.at);
      return later ? [[column, later] as const] : [];
    });
    if (kept.length === 0) return [];
    const columnsOf = (at: 0 | 1) => kept.map((pair) => pair[at]);
    return [{ table: was.name, was: hashSql(kind, was.name, columnsOf(0)), is: hashSql(kind, is.name, columnsOf(1)) }];
  });
}

function hashSql(kind: MysqlTarget["kind"], table: string, columns: readonly CatalogColumn[]): string {
  const row = `concat_ws('#', ${columns.map((column) => textOf(column, kind)).join(", ")})`;
  return `select coalesce(sum(cast(conv(left(${digestSql(kind, row)}, 15), 16, 10) as unsigned)), 0) from ${quoteName(table)};`;
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
