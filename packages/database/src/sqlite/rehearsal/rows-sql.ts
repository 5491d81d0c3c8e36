import type { CatalogColumn, CatalogTable } from "../../rehearsal/catalog.ts";
import { joinedSql, quoteName } from "../fingerprint-sql.ts";

/** Schema name under which a query has the database as it was before. */
export const beforeName = "sluice_was";

/** Statements that compare a table with what it was; each gives one number. */
export interface RowComparison {
  /** Rows that are there still and hold something else. */
  readonly updated: string;
  /** Absent where rows cannot be told from each other: then what was updated counts as other rows. */
  readonly inserted?: string;
  readonly deleted?: string;
}

/**
 * How to compare what a table holds with what it held, in the columns that it kept; `null` where it kept none. Rows are the
 * same by their primary key, else by their rowid as long as the table was not made anew. Values are compared as text, byte
 * by byte: a column whose type got another name holds the same. Pure.
 *
 * @param key columns of the primary key before, in its order
 */
export function rowComparison(was: CatalogTable, is: CatalogTable, key: readonly string[]): RowComparison | null {
  const later = new Map(is.columns.map((column) => [column.at, column]));
  const kept = was.columns.flatMap((column) => {
    const now = later.get(column.at);
    return now ? [[column, now] as const] : [];
  });
  if (kept.length === 0) return null;
  const [before, after] = [`${beforeName}.${quoteName(was.name)} a`, `main.${quoteName(is.name)} b`];
  const same = sameRow(kept, key, was.file === is.file);
  if (same === null) {
    const [old, fresh] = [kept.map(([column]) => text("a", column)), kept.map(([, column]) => text("b", column))];
    const updated = `select count(*) from (select ${old.join(", ")} from ${before} except select ${fresh.join(", ")} from ${after});`;
    return { updated };
  }
  const differs = kept.map(([column, now]) => `${text("a", column)} is not ${text("b", now)}`);
  return {
    updated: `select count(*) from ${before} join ${after} on ${same} where ${joinedSql(differs, "or")};`,
    inserted: `select count(*) from ${after} where not exists (select 1 from ${before} where ${same});`,
    deleted: `select count(*) from ${before} where not exists (select 1 from ${after} where ${same});`,
  };
}

function sameRow(
  kept: readonly (readonly [CatalogColumn, CatalogColumn])[],
  key: readonly string[],
  isInPlace: boolean,
): string | null {
  if (key.length === 0) return isInPlace ? "a.rowid = b.rowid" : null;
  const pairs = key.map((name) => kept.find(([{ name: old }]) => old === name));
  return pairs.some((pair) => pair === undefined)
    ? null
    : pairs.map((pair) => `a.${quoteName(pair?.[0].name ?? "")} = b.${quoteName(pair?.[1].name ?? "")}`).join(" and ");
}

function text(table: string, { name }: CatalogColumn): string {
  return `cast(${table}.${quoteName(name)} as text) collate binary`;
}
