import type { Catalog } from "./catalog.ts";
import type { TableDiff } from "./report.ts";
import { newTables, type SchemaChange, schemaChanges } from "./schema-changes.ts";

/** What is known of tables besides their definitions, by oid. */
export interface TableFacts {
  readonly rowsBefore: (oid: number) => number;
  readonly rowsAfter: (oid: number) => number;
  /** Of a table that was written anew: what it kept is not what it held. */
  readonly valuesChanged: (oid: number) => boolean;
}

/** How two moments of a database differ, for people; empty where they are the same, as far as that was looked at. Pure. */
export function differenceOf(before: Catalog, after: Catalog, facts: TableFacts): readonly string[] {
  const there = new Set(after.tables.map(({ oid }) => oid));
  const tables = before.tables.map(({ oid, name }) => ({
    table: name,
    rowsBefore: facts.rowsBefore(oid),
    rowsAfter: there.has(oid) ? facts.rowsAfter(oid) : null,
  }));
  return [
    ...leftBehind({ changes: schemaChanges(before, after), newTables: newTables(before, after), tables }),
    ...before.tables.filter(({ oid }) => facts.valuesChanged(oid)).map(({ name }) => `other values in ${name}`),
  ];
}

export interface Difference {
  readonly changes: readonly SchemaChange[];
  /** Names. */
  readonly newTables: readonly string[];
  readonly tables: readonly Pick<TableDiff, "table" | "rowsBefore" | "rowsAfter">[];
}

/** What a migration that failed has changed all the same, for people; empty where all of it was taken back. Pure. */
export function leftBehind({ changes, newTables: made, tables }: Difference): readonly string[] {
  return [
    ...made.map((name) => `new table ${name}`),
    ...changes.filter(({ change }) => change !== "table-moved-to-file").map(nameOf),
    ...tables
      .filter(({ rowsBefore, rowsAfter }) => rowsAfter !== null && rowsAfter !== rowsBefore)
      .map(({ table, rowsBefore, rowsAfter }) => `${table} with ${rowsAfter} rows, it had ${rowsBefore}`),
  ];
}

/** `column-added note of orders`: what it is called, and of what it is. */
function nameOf(change: SchemaChange): string {
  const { change: what, ...of } = change;
  const table = "table" in of ? of.table : "";
  const part = "column" in of ? of.column : "index" in of ? of.index : "constraint" in of ? of.constraint : "";
  if ("kind" in of) return `${what} ${of.kind} ${of.name}`;
  return part === "" ? `${what} ${table}` : `${what} ${part} of ${table}`;
}
