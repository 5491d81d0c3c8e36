import type { Catalog, CatalogColumn, CatalogTable } from "./catalog.ts";

/** Of a table and its indexes before. Comparing the rows of more would take longer than most migrations. */
export const mostComparedBytes = 200_000_000;

export interface ComparedTable {
  readonly was: CatalogTable;
  readonly is: CatalogTable;
  /** Columns that it kept, as they were and as they are. Not empty. */
  readonly kept: readonly (readonly [CatalogColumn, CatalogColumn])[];
}

/**
 * Tables whose rows may hold something else now and that are not too large: those that were written anew, and those whose
 * rows were touched. Pure.
 *
 * @param isTouched whether rows of a table that was there before were updated or deleted
 */
export function comparedTables(
  before: Catalog,
  after: Catalog,
  isTouched: (was: CatalogTable, is: CatalogTable) => boolean,
): readonly ComparedTable[] {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap((was) => {
    const is = now.get(was.oid);
    if (!is || was.kind !== "r" || was.bytes > mostComparedBytes) return [];
    if (is.file === was.file && !isTouched(was, is)) return [];
    const later = new Map(is.columns.map((column) => [column.at, column]));
    const kept = was.columns.flatMap((column) => {
      const current = later.get(column.at);
      return current ? [[column, current] as const] : [];
    });
    return kept.length === 0 ? [] : [{ was, is, kept }];
  });
}

/**
 * Rows that hold something else or had to make room for others, of those that are not there as they were: some may only
 * be lost, which is told by itself. Pure.
 */
export function changedRows(gone: number, rowsBefore: number, rowsAfter: number): number {
  return Math.max(0, gone - Math.max(0, rowsBefore - rowsAfter));
}
