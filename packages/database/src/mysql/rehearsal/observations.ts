import { followedCatalogs } from "../../rehearsal/by-name/follow.ts";
import type { SchemaState } from "../../rehearsal/by-name/state.ts";
import type { Catalog } from "../../rehearsal/catalog.ts";
import type { HeldLock, Observations, Rewrite, TableDiff, TableScan } from "../../rehearsal/report.ts";
import { newTables, schemaChanges } from "../../rehearsal/schema-changes.ts";
import { algorithmOf, excludesEverybody, type ServerStatement, statementRuns, tableOf } from "./statements.ts";

export interface Moment {
  readonly state: SchemaState;
  /** By table. */
  readonly rows: ReadonlyMap<string, number>;
}

/** A lock on a table that was seen to be held. */
export interface SeenLock {
  readonly table: string;
  readonly mode: "SHARED_NO_WRITE" | "SHARED_NO_READ_WRITE" | "EXCLUSIVE";
  readonly heldMs: number;
}

export interface Activity {
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface Seen {
  readonly before: Moment;
  readonly after: Moment;
  readonly statements: readonly ServerStatement[];
  readonly locks: readonly SeenLock[];
  readonly activity: readonly Activity[];
  /** By name before, of the tables that were compared: rows that hold something else. */
  readonly changed: ReadonlyMap<string, number>;
}

/** Puts together what a server told and what it looked like before and after. Pure. */
export function mysqlObservations(seen: Seen): Observations {
  const { before, after } = followedCatalogs(seen.before.state, seen.after.state);
  const added = newIndexes(seen, before, after);
  return {
    statements: statementRuns(seen.statements),
    locks: heldLocks(seen),
    rewrites: rewritesOf(seen, before, after),
    changes: schemaChanges(before, after),
    newTables: newTables(before, after),
    tables: tableDiffs(seen, before, after),
    invalidIndexes: [],
    notValidated: [],
    concurrentIndexes: added.filter(({ blocks }) => !blocks).map(({ name }) => name),
    scans: added
      .filter(({ blocks }) => blocks)
      .map(({ table, name, bytes }): TableScan => ({ table, kind: "index", of: name, bytes })),
  };
}

/** Of each table the longest of each kind; and the moment that each change of a definition takes a table for itself. */
function heldLocks({ before, statements, locks }: Seen): readonly HeldLock[] {
  const old = new Set(before.state.tables.map(({ name }) => name));
  const told = statements.flatMap((statement): readonly HeldLock[] => {
    const table = tableOf(statement);
    if (table === null || !excludesEverybody(statement)) return [];
    const by = statement.kind.toUpperCase().replaceAll("_", " ");
    const copying: HeldLock = {
      table,
      mode: "SHARED_NO_WRITE",
      blocks: "writes",
      heldMs: Math.round(statement.ms),
      by,
    };
    const moment: HeldLock = { table, mode: "EXCLUSIVE", blocks: "reads and writes", heldMs: 0, by };
    return algorithmOf(statement) === "COPY" ? [copying, moment] : [moment];
  });
  const sampled = locks.map(({ table, mode, heldMs }): HeldLock => {
    const blocks = mode === "SHARED_NO_WRITE" ? "writes" : "reads and writes";
    return { table, mode, blocks, heldMs: Math.round(heldMs), by: "seen in the server" };
  });
  const longest = new Map<string, HeldLock>();
  for (const lock of [...told, ...sampled].filter(({ table }) => old.has(table))) {
    const key = `${lock.mode} ${lock.table}`;
    const known = longest.get(key);
    if (!known || known.heldMs < lock.heldMs) longest.set(key, { ...lock, by: known?.by ?? lock.by });
  }
  return [...longest.values()].toSorted((a, b) => b.heldMs - a.heldMs || (a.table < b.table ? -1 : 1));
}

function rewritesOf(
  { before: then, after: later, statements, changed }: Seen,
  before: Catalog,
  after: Catalog,
): readonly Rewrite[] {
  const copied = new Set(statements.filter((one) => algorithmOf(one) === "COPY").map(tableOf));
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap(({ oid, name, file, bytes }): readonly Rewrite[] => {
    const is = now.get(oid);
    // Emptied by TRUNCATE: it has a new file, and nothing was written into it.
    if (!is || is.file === file || (later.rows.get(is.name) ?? 0) === 0) return [];
    const isCopied = copied.has(name) || copied.has(is.name);
    const others = changed.get(name);
    return [
      {
        table: name,
        bytes,
        rows: then.rows.get(name) ?? 0,
        reason: isCopied
          ? "the server copies it (ALGORITHM=COPY), and nobody can write meanwhile"
          : "built anew in place",
        valuesChanged: others === undefined ? null : others > 0,
        online: !isCopied,
      },
    ];
  });
}

function tableDiffs(
  { before: then, after: later, activity, changed }: Seen,
  before: Catalog,
  after: Catalog,
): readonly TableDiff[] {
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.map(({ oid, name, bytes, file }) => {
    const is = now.get(oid);
    const done = activity.filter(({ table }) => table === name || table === is?.name);
    const sum = (of: (one: Activity) => number) => done.reduce((total, one) => total + of(one), 0);
    const [updated, deleted] = [sum((one) => one.updated), sum((one) => one.deleted)];
    const isAsItWas = updated + deleted === 0 && is?.file === file;
    return {
      table: name,
      rowsBefore: then.rows.get(name) ?? 0,
      rowsAfter: is ? (later.rows.get(is.name) ?? 0) : null,
      bytesBefore: bytes,
      bytesAfter: is?.bytes ?? null,
      inserted: sum((one) => one.inserted),
      updated,
      deleted,
      changed: changed.get(name) ?? (isAsItWas ? 0 : null),
    };
  });
}

interface NewIndex {
  readonly table: string;
  readonly name: string;
  readonly bytes: number;
  /** InnoDB builds these while nobody writes; all others beside those who do. */
  readonly blocks: boolean;
}

function newIndexes({ after: later }: Seen, before: Catalog, after: Catalog): readonly NewIndex[] {
  const old = new Set(before.indexes.map(({ oid }) => oid));
  const tables = new Map(before.tables.map((table) => [table.oid, table]));
  const now = new Map(after.tables.map((table) => [table.oid, table.name]));
  return after.indexes.flatMap(({ oid, table: of, name }): readonly NewIndex[] => {
    const table = tables.get(of);
    if (old.has(oid) || !table) return [];
    const found = later.state.indexes.find((one) => one.table === now.get(of) && one.name === name);
    const blocks = found !== undefined && ["FULLTEXT", "SPATIAL"].includes(found.type);
    return [{ table: table.name, name, bytes: table.bytes, blocks }];
  });
}
