import type { Catalog, CatalogIndex } from "./catalog.ts";
import type { DdlEvent } from "./ddl-events.ts";
import type { TableScan } from "./report.ts";
import { isRebuilt, type SchemaChange, schemaChanges } from "./schema-changes.ts";

const blocking = new Set(["AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock"]);

/** Indexes on tables that were there before, made by statements that let the application write meanwhile. */
export function concurrentIndexes(before: Catalog, after: Catalog, events: readonly DdlEvent[]): readonly string[] {
  const old = new Set(before.indexes.map(({ oid }) => oid));
  const tables = new Set(before.tables.map(({ oid }) => oid));
  return after.indexes
    .filter(({ oid, table }) => !old.has(oid) && tables.has(table))
    .filter((index) => {
      const made = events.find(
        ({ event, tag, ids }) => event === "end" && tag === "CREATE INDEX" && ids.includes(index.oid),
      );
      // A statement that failed tells no end; an index that it leaves invalid was to be built concurrently.
      if (!made) return !index.valid || isReindexed(before, after, index);
      return !made.locks.some((lock) => lock.table === index.table && blocking.has(lock.mode));
    })
    .map(({ name }) => name);
}

/**
 * REINDEX CONCURRENTLY puts an equal index in the place of one, and before version 17 no event tells of it. A change of a
 * column's type does so too, and holds its lock meanwhile.
 */
function isReindexed(before: Catalog, after: Catalog, index: CatalogIndex): boolean {
  const was = before.tables.find(({ oid }) => oid === index.table);
  const is = after.tables.find(({ oid }) => oid === index.table);
  if (!was || !is || was.file !== is.file) return false;
  const types = new Map(was.columns.map(({ at, type }) => [at, type]));
  if (is.columns.some(({ at, type }) => types.has(at) && types.get(at) !== type)) return false;
  return before.indexes.some((old) => isRebuilt(old, index));
}

/**
 * What read a whole table while the application had to wait. The detours that avoid it are recognised: a constraint
 * that was made NOT VALID and validated in another transaction, a column that a validated check kept from being null
 * already, an index made CONCURRENTLY. Pure.
 */
export function tableScans(before: Catalog, after: Catalog, events: readonly DdlEvent[]): readonly TableScan[] {
  const bytes = new Map(before.tables.map((table) => [table.name, table.bytes]));
  const concurrent = new Set(concurrentIndexes(before, after, events));
  const scans = schemaChanges(before, after).flatMap((change) => scanOf(change, after, events, concurrent) ?? []);
  return [...scans, ...builtInPlace(before, after)].map((scan) => ({ ...scan, bytes: bytes.get(scan.table) ?? 0 }));
}

/** What REINDEX builds anew keeps its id; the indexes of a table that was itself written anew are told with it. */
function builtInPlace(before: Catalog, after: Catalog): readonly Omit<TableScan, "bytes">[] {
  const tables = new Map(after.tables.map((table) => [table.oid, table]));
  const indexes = new Map(after.indexes.map(({ oid, file }) => [oid, file]));
  return before.indexes.flatMap(({ oid, table, name, file }): readonly Omit<TableScan, "bytes">[] => {
    const was = before.tables.find((one) => one.oid === table);
    if (!was || was.file !== tables.get(table)?.file || (indexes.get(oid) ?? file) === file) return [];
    return [{ table: was.name, kind: "index", of: name }];
  });
}

function scanOf(
  change: SchemaChange,
  after: Catalog,
  events: readonly DdlEvent[],
  concurrent: ReadonlySet<string>,
): Omit<TableScan, "bytes"> | null {
  if (change.change === "column-now-required") {
    const { table, column } = change;
    return isChecked(events, table, column) ? null : { table, kind: "not-null", of: column };
  }
  if (change.change === "constraint-added") {
    const { table, constraint, type, validated, makesIndex } = change;
    const index = after.constraints.find(({ name, type: one }) => name === constraint && one === type)?.index;
    const name = after.indexes.find(({ oid }) => oid === index)?.name;
    if (makesIndex) return name !== undefined && concurrent.has(name) ? null : { table, kind: "index", of: constraint };
    if (!validated || (type !== "c" && type !== "f")) return null;
    if (isValidatedLater(change, after, events)) return null;
    return { table, kind: type === "f" ? "foreign-key" : "check", of: constraint };
  }
  if (change.change !== "index-added") return null;
  const { table, index } = change;
  const found = after.indexes.find(({ name }) => name === index);
  // That of a constraint is told with it.
  const isOfConstraint = after.constraints.some(({ type, index: oid }) => type !== "f" && oid === found?.oid);
  return concurrent.has(index) || isOfConstraint ? null : { table, kind: "index", of: index };
}

/** At some moment a validated check said what NOT NULL says. */
function isChecked(events: readonly DdlEvent[], table: string, column: string): boolean {
  return events.some(({ checked }) => checked.includes(`${table}.${column}`));
}

/** It was there and not validated at the end of a transaction, and validated in a later one. */
function isValidatedLater(
  { table, constraint }: Extract<SchemaChange, { change: "constraint-added" }>,
  { constraints, tables }: Catalog,
  events: readonly DdlEvent[],
): boolean {
  const found = constraints.find(
    (one) => one.name === constraint && tables.find(({ oid }) => oid === one.table)?.name === table,
  );
  if (!found) return false;
  const isPending = ({ pending }: DdlEvent) => pending.includes(found.oid);
  const [first, last] = [events.find(isPending), events.findLastIndex(isPending)];
  const validating = events.slice(last + 1).find(({ event, tag }) => event === "end" && tag === "ALTER TABLE");
  return first !== undefined && validating !== undefined && validating.xid !== first.xid;
}
