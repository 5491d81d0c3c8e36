import type { Catalog } from "../../rehearsal/catalog.ts";
import { quoteName } from "../target.ts";

/** Hashing more would take longer than most migrations. */
const mostBytes = 200_000_000;

export interface Values {
  /** Quoted, with its schema. */
  readonly table: string;
  readonly columns: readonly string[];
}

export interface Comparable {
  readonly oid: number;
  readonly was: Values;
  readonly is: Values;
}

/** Tables that were written anew and are not too large, with the columns that they kept, under their old and new names. */
export function comparable(before: Catalog, after: Catalog): readonly Comparable[] {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap((was) => {
    const is = now.get(was.oid);
    if (!is || was.kind !== "r" || is.file === was.file || was.bytes > mostBytes) return [];
    const kept = was.columns.flatMap(({ at, name }) => {
      const column = is.columns.find((one) => one.at === at);
      return column ? [{ was: name, is: column.name }] : [];
    });
    if (kept.length === 0) return [];
    return [
      {
        oid: was.oid,
        was: { table: was.name, columns: kept.map((column) => column.was) },
        is: { table: is.name, columns: kept.map((column) => column.is) },
      },
    ];
  });
}

/** Sum of the hashes of the rows' text: independent of their order, equal where a type only became wider. */
export function valuesSql({ table, columns }: Values): string {
  const row = `row(${columns.map((column) => `sluice_row.${quoteName(column)}`).join(", ")})`;
  return `select coalesce(sum(hashtextextended(${row}::text collate "C", 0)), 0)::text from only ${table} as sluice_row;`;
}
