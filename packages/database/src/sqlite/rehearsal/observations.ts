import { followedCatalogs } from "../../rehearsal/by-name/follow.ts";
import type { SchemaState, StateTable } from "../../rehearsal/by-name/state.ts";
import type { Catalog, CatalogTable } from "../../rehearsal/catalog.ts";
import type { Observations, Rewrite, TableDiff, TableScan } from "../../rehearsal/report.ts";
import { newTables, schemaChanges } from "../../rehearsal/schema-changes.ts";

/** What a file looks like. */
export interface Moment {
  readonly state: SchemaState;
  /** By table. */
  readonly rows: ReadonlyMap<string, number>;
  /** Columns of primary keys, by table. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** SQLite moves pages by itself: where a table begins says nothing. */
  readonly movesPages: boolean;
  /** How often each thing is wrong. */
  readonly faults: ReadonlyMap<string, number>;
}

export interface ChangedRows {
  readonly updated: number;
  readonly inserted: number;
  readonly deleted: number;
}

export interface Seen {
  readonly before: Moment;
  readonly after: Moment;
  /** By name before, of the tables whose rows were compared. */
  readonly changed: ReadonlyMap<string, ChangedRows>;
}

/** Puts together what a file looked like before and after: nobody else tells what a migration did to it. Pure. */
export function sqliteObservations(seen: Seen): Observations {
  const { before, after } = catalogsOf(seen.before, seen.after);
  const changes = schemaChanges(before, after);
  const rewrites = rewritesOf(seen, before, after);
  const rewritten = new Set(rewrites.map(({ table }) => table));
  const bytes = new Map(before.tables.map((table) => [table.name, table.bytes]));
  return {
    statements: [],
    locks: [],
    rewrites,
    changes,
    newTables: newTables(before, after),
    tables: tableDiffs(seen, before, after),
    invalidIndexes: [],
    notValidated: [],
    concurrentIndexes: [],
    // Those of a table that was made anew are told with it.
    scans: changes.flatMap((change): readonly TableScan[] => {
      if (change.change !== "index-added" || rewritten.has(change.table)) return [];
      return [{ table: change.table, kind: "index", of: change.index, bytes: bytes.get(change.table) ?? 0 }];
    }),
    faults: newFaults(seen),
  };
}

/** Both moments with ids that say what is the same. */
export function catalogsOf(before: Moment, after: Moment): { readonly before: Catalog; readonly after: Catalog } {
  const followed = followedCatalogs(before.state, withOwnPages(before.state, after.state));
  if (!before.movesPages) return followed;
  const inPlace = new Map(followed.before.tables.map(({ oid, file }) => [oid, file]));
  const tables = followed.after.tables.map((table) => ({ ...table, file: inPlace.get(table.oid) ?? table.file }));
  return { before: followed.before, after: { ...followed.after, tables } };
}

/** A table that only begins where another one did is not that one: pages are used again. */
function withOwnPages(before: SchemaState, after: SchemaState): SchemaState {
  const there = new Map(before.tables.map((table) => [table.id, table]));
  const columnsOf = ({ columns }: SchemaState, { name }: StateTable) =>
    new Set(columns.filter(({ table }) => table === name).map((column) => column.name));
  const tables = after.tables.map((table): StateTable => {
    const was = there.get(table.id);
    if (!was || was.name === table.name) return table;
    const [old, fresh] = [columnsOf(before, was), columnsOf(after, table)];
    const kept = [...old].filter((name) => fresh.has(name)).length;
    return kept * 2 > old.size ? table : { ...table, id: -table.id };
  });
  return { ...after, tables };
}

function rewritesOf({ before: then, after: later, changed }: Seen, before: Catalog, after: Catalog) {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap((was): readonly Rewrite[] => {
    const is = now.get(was.oid);
    if (!is || (later.rows.get(is.name) ?? 0) === 0) return [];
    const reason = reasonOf(was, is);
    if (reason === null) return [];
    const { updated = null } = changed.get(was.name) ?? {};
    const valuesChanged = updated === null ? null : updated > 0;
    return [{ table: was.name, bytes: was.bytes, rows: then.rows.get(was.name) ?? 0, reason, valuesChanged }];
  });
}

function reasonOf(was: CatalogTable, is: CatalogTable): string | null {
  if (was.file !== is.file) return "it was made anew and filled from the old one, and nobody else can write meanwhile";
  const kept = new Set(is.columns.map(({ at }) => at));
  const isDropped = was.columns.some(({ at, generated }) => !kept.has(at) && generated !== "generated");
  return isDropped ? "a column is taken out of each of them, and nobody else can write meanwhile" : null;
}

function tableDiffs({ before: then, after: later, changed }: Seen, before: Catalog, after: Catalog) {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.map(({ oid, name, bytes }): TableDiff => {
    const is = now.get(oid);
    const rowsBefore = then.rows.get(name) ?? 0;
    const rowsAfter = is ? (later.rows.get(is.name) ?? 0) : null;
    const grown = (rowsAfter ?? rowsBefore) - rowsBefore;
    const compared = changed.get(name);
    const counted = compared ?? { updated: 0, inserted: Math.max(0, grown), deleted: Math.max(0, -grown) };
    const others = compared ? compared.updated + Math.min(compared.inserted, compared.deleted) : null;
    const bytesAfter = is?.bytes ?? null;
    return { table: name, rowsBefore, rowsAfter, bytesBefore: bytes, bytesAfter, ...counted, changed: others };
  });
}

function newFaults({ before, after }: Seen): readonly string[] {
  return [...after.faults].flatMap(([what, count]) => {
    const more = count - (before.faults.get(what) ?? 0);
    return more > 0 ? [count === 1 ? what : `${count} ${what}`] : [];
  });
}
