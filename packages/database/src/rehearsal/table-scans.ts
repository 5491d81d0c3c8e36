import type { Catalog } from "./catalog.ts";
import type { DdlEvent } from "./ddl-events.ts";
import type { TableScan } from "./report.ts";
import { type SchemaChange, schemaChanges } from "./schema-changes.ts";

const blocking = new Set(["AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock"]);

/** Indexes on tables that were there before, made by statements that let the application write meanwhile. */
export function concurrentIndexes(before: Catalog, after: Catalog, events: readonly DdlEvent[]): readonly string[] {
  const old = new Set(before.indexes.map(({ oid }) => oid));
  const tables = new Set(before.tables.map(({ oid }) => oid));
  return after.indexes
    .filter(({ oid, table }) => !old.has(oid) && tables.has(table))
    .filter(({ name, table }) =>
      events.some(
        ({ event, tag, objects, locks }) =>
          event === "end" &&
          tag === "CREATE INDEX" &&
          objects.includes(name) &&
          !locks.some((lock) => lock.table === table && blocking.has(lock.mode)),
      ),
    )
    .map(({ name }) => name);
}

/**
 * What read a whole table while the application had to wait. The detours that avoid it are recognised: a constraint
 * that was made NOT VALID and validated in another transaction, a column that a validated check kept from being null
 * already, an index made CONCURRENTLY. Pure.
 */
export function tableScans(before: Catalog, after: Catalog, events: readonly DdlEvent[]): readonly TableScan[] {
  const bytes = new Map(before.tables.map((table) => [table.name, table.bytes]));
  const concurrent = new Set(concurrentIndexes(before, after, events));
  return schemaChanges(before, after).flatMap((change): readonly TableScan[] => {
    const scan = scanOf(change, after, events, concurrent);
    return scan ? [{ ...scan, bytes: bytes.get(scan.table) ?? 0 }] : [];
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
    if (makesIndex) return { table, kind: "index", of: constraint };
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
