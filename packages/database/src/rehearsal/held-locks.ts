import type { Catalog } from "./catalog.ts";
import type { DdlEvent } from "./ddl-events.ts";

/** Whom a lock makes wait. */
export type Blocks = "reads and writes" | "writes";

export interface HeldLock {
  readonly table: string;
  /** As PostgreSQL names it: `AccessExclusiveLock`. */
  readonly mode: string;
  readonly blocks: Blocks;
  /** From the start of the statement that took it to the end of its transaction. */
  readonly heldMs: number;
  /** The kind of statement that took it: `ALTER TABLE`. */
  readonly by: string;
}

const strong: Readonly<Record<string, Blocks>> = {
  AccessExclusiveLock: "reads and writes",
  ExclusiveLock: "writes",
  ShareRowExclusiveLock: "writes",
  ShareLock: "writes",
};

export interface TransactionEnds {
  /** Milliseconds since 1970, by transaction. One that is not there was rolled back. */
  readonly committed: ReadonlyMap<string, number>;
  /** When the migration was over: of what was rolled back, no other end is known. */
  readonly over: number;
}

/**
 * Locks on tables that were there before and that make the application wait: the strongest of each table and
 * transaction, the longest first. Pure.
 */
export function heldLocks(events: readonly DdlEvent[], before: Catalog, ends: TransactionEnds): readonly HeldLock[] {
  const names = new Map(before.tables.map(({ oid, name }) => [oid, name]));
  const taken = new Map<string, { lock: HeldLock; since: number; xid: string }>();
  const startOf = new Map<string, DdlEvent>();
  for (const event of events) {
    if (event.event === "start") startOf.set(event.xid, event);
    if (event.event === "rewrite") continue;
    for (const { table, mode } of event.locks) {
      const [name, blocks] = [names.get(table), strong[mode]];
      if (name === undefined || blocks === undefined) continue;
      const key = `${event.xid} ${table} ${mode}`;
      if (taken.has(key)) continue;
      // What a statement holds already when it starts was taken before, by one that tells nothing, such as LOCK TABLE.
      const isEarlier = event.event === "start";
      const since = isEarlier ? event.began : (startOf.get(event.xid)?.at ?? event.at);
      const by = isEarlier ? "an earlier statement" : event.tag;
      taken.set(key, { lock: { table: name, mode, blocks, heldMs: 0, by }, since, xid: event.xid });
    }
  }
  return [...taken.values()]
    .map(({ lock, since, xid }) => ({
      ...lock,
      heldMs: Math.max(0, Math.round((ends.committed.get(xid) ?? ends.over) - since)),
    }))
    .toSorted((a, b) => b.heldMs - a.heldMs || (a.table < b.table ? -1 : 1));
}
