import type { Catalog } from "./catalog.ts";
import { type DdlEvent, rewriteReason } from "./ddl-events.ts";
import { heldLocks, type TransactionEnds } from "./held-locks.ts";
import type { Observations, Rewrite, StatementRun, TableDiff } from "./report.ts";
import { newTables, schemaChanges } from "./schema-changes.ts";
import { concurrentIndexes, tableScans } from "./table-scans.ts";

interface State {
  readonly catalog: Catalog;
  /** By oid of the table. */
  readonly rows: ReadonlyMap<number, number>;
}

export interface Seen {
  readonly before: State;
  readonly after: State;
  readonly events: readonly DdlEvent[];
  readonly ends: TransactionEnds;
  readonly statements: readonly StatementRun[];
  readonly activity: readonly {
    readonly oid: number;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  /** By oid, of the tables that were compared: rows that hold something else. */
  readonly changed: ReadonlyMap<number, number>;
}

/** Puts together what a server told and what it looked like before and after. Pure. */
export function observationsOf(seen: Seen): Observations {
  const { before, after, events, ends, statements } = seen;
  const valid = new Set(before.catalog.indexes.filter((index) => !index.valid).map(({ oid }) => oid));
  const old = new Set(before.catalog.constraints.filter(({ validated }) => !validated).map(({ oid }) => oid));
  return {
    statements,
    locks: heldLocks(events, before.catalog, ends),
    rewrites: rewritesOf(seen),
    changes: schemaChanges(before.catalog, after.catalog),
    newTables: newTables(before.catalog, after.catalog),
    tables: tableDiffs(seen),
    invalidIndexes: after.catalog.indexes
      .filter((index) => !index.valid && !valid.has(index.oid))
      .map(({ name }) => name),
    notValidated: after.catalog.constraints
      .filter(({ oid, validated }) => !validated && !old.has(oid))
      .map(({ name }) => name),
    concurrentIndexes: concurrentIndexes(before.catalog, after.catalog, events),
    scans: tableScans(before.catalog, after.catalog, events),
  };
}

/** What the server called a rewrite, and what else has its rows in another file now: VACUUM FULL and CLUSTER tell nothing. */
function rewritesOf({ before, after, events, changed }: Seen): readonly Rewrite[] {
  const now = new Map(after.catalog.tables.map((table) => [table.oid, table]));
  return before.catalog.tables.flatMap((table): readonly Rewrite[] => {
    const told = events.findLast(({ event, table: oid }) => event === "rewrite" && oid === table.oid);
    const current = now.get(table.oid);
    const isMoved = current !== undefined && current.file !== table.file;
    const rows = before.rows.get(table.oid) ?? 0;
    // Emptied by TRUNCATE: it has a new file, and nothing was written into it.
    if ((!told && !isMoved) || (!told && (after.rows.get(table.oid) ?? 0) === 0)) return [];
    const reason = rewriteReason(told?.reason ?? 0);
    const others = changed.get(table.oid);
    const valuesChanged = others === undefined ? null : others > 0;
    return [{ table: table.name, bytes: table.bytes, rows, reason, valuesChanged }];
  });
}

function tableDiffs({ before, after, activity, changed }: Seen): readonly TableDiff[] {
  const now = new Map(after.catalog.tables.map((table) => [table.oid, table]));
  return before.catalog.tables
    .filter(({ kind }) => kind === "r")
    .map(({ oid, name, bytes, file }) => {
      const { inserted = 0, updated = 0, deleted = 0 } = activity.find((one) => one.oid === oid) ?? {};
      const isAsItWas = updated + deleted === 0 && now.get(oid)?.file === file;
      return {
        table: name,
        rowsBefore: before.rows.get(oid) ?? 0,
        rowsAfter: now.has(oid) ? (after.rows.get(oid) ?? 0) : null,
        bytesBefore: bytes,
        bytesAfter: now.get(oid)?.bytes ?? null,
        inserted,
        updated,
        deleted,
        changed: changed.get(oid) ?? (isAsItWas ? 0 : null),
      };
    });
}
