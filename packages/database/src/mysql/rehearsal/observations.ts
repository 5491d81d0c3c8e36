import { followedCatalogs } from "../../rehearsal/by-name/follow.ts";
import type { SchemaState } from "../../rehearsal/by-name/state.ts";
import type { Catalog } from "../../rehearsal/catalog.ts";
import type { HeldLock, Observations, Rewrite, TableDiff, TableScan } from "../../rehearsal/report.ts";
import { newTables, schemaChanges } from "../../rehearsal/schema-changes.ts";
import {
  type Algorithm,
  algorithmOf,
  excludesEverybody,
  isHidden,
  kindOf,
  type ServerStatement,
  statementRuns,
  tableOf,
} from "./statements.ts";

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
    notSeen: notSeen(seen.statements),
  };
}

function notSeen(statements: readonly ServerStatement[]): readonly string[] {
  const { length } = statements.filter(isHidden);
  return length === 0
    ? []
    : [
        `what ${length} prepared statements were: this server keeps no text of them, and so neither how long each kept a table or rows`,
      ];
}

/** Of each table the longest of each kind; and the moment that each change of a definition takes a table for itself. */
function heldLocks({ before, statements, locks }: Seen): readonly HeldLock[] {
  const old = new Set(before.state.tables.map(({ name }) => name));
  const told = statements.flatMap((statement): readonly HeldLock[] => {
    const table = tableOf(statement);
    if (table === null || !excludesEverybody(statement)) return [];
    const by = kindOf(statement).toUpperCase().replaceAll("_", " ");
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
  const done = statements.flatMap((one) => {
    const how = algorithmOf(one);
    return how === null ? [] : [{ how, table: tableOf(one) }];
  });
  const now = new Map(after.tables.map((table) => [table.oid, table]));
  return before.tables.flatMap(({ oid, name, file, bytes }): readonly Rewrite[] => {
    const is = now.get(oid);
    // Emptied by TRUNCATE: it has a new file, and nothing was written into it.
    if (!is || is.file === file || (later.rows.get(is.name) ?? 0) === 0) return [];
    const how = howRewritten(done.filter(({ table }) => table === null || table === name || table === is.name));
    const others = changed.get(name);
    return [
      {
        table: name,
        bytes,
        rows: then.rows.get(name) ?? 0,
        valuesChanged: others === undefined ? null : others > 0,
        ...how,
      },
    ];
  });
}

/** @param done to the table, or to one that the server does not name */
function howRewritten(
  done: readonly { readonly how: Algorithm; readonly table: string | null }[],
): Pick<Rewrite, "reason" | "online"> {
  const copied = done.filter(({ how }) => how === "COPY");
  if (copied.some(({ table }) => table !== null)) {
    return { reason: "the server copies it (ALGORITHM=COPY), and nobody can write meanwhile", online: false };
  }
  if (copied.length > 0) {
    return {
      reason:
        "the server copied a table that it does not name (ALGORITHM=COPY, prepared), which is taken to be this one",
      online: false,
    };
  }
  if (done.length > 0) return { reason: "built anew in place", online: true };
  return { reason: "nobody saw by what, so that it is taken to have kept others out", online: false };
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
