import { invalidRecord } from "../errors/invalid-record.ts";
import type { JournalEntry, JournalRecord } from "../ports/journal.ts";

/** What is done to databases and their backups by themselves; what a deployment does to them is among its steps. */
export const databaseActions = [
  "backup",
  "verify",
  "rehearse",
  "prune",
  "restore",
  "restore-undo",
  "migrate",
  "migrate-down",
  /** Its volumes were gone: a deployment began with an empty one. */
  "anew",
  /** What a dead run had left changed in the server was put right. */
  "mend",
] as const;

export type DatabaseAction = (typeof databaseActions)[number];

/** What was `begun` has a second record, of how it ended, unless it was killed, or nobody saw that. */
export const databaseResults = ["begun", "done", "failed", "interrupted"] as const;

export type DatabaseResult = (typeof databaseResults)[number];

/** What both records of an action say. */
export interface DatabaseIntent {
  readonly action: DatabaseAction;
  readonly actor: string;
  readonly reason: string;
  /** Whose database it is; absent of what is about a store of backups. */
  readonly service?: string | undefined;
  /** Id of the backup. */
  readonly backup?: string | undefined;
  /** Id or tag of the release whose migration, or whose data, it is; `null` where the backup is of none. */
  readonly release?: string | null | undefined;
  /** Of a restore: id of the release that served when it began, whose data was set aside; `null` where none did. */
  readonly served?: string | null | undefined;
}

/** What is written of an action; more than that may be. */
export interface DatabaseEntry extends DatabaseIntent {
  readonly result: DatabaseResult;
  /** Why it failed. */
  readonly error?: { readonly code?: string; readonly message: string } | undefined;
  readonly [detail: string]: unknown;
}

/** What the journal says of one action: it may have been written by an older version, which said less. */
export interface DatabaseRecord {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly hash: string;
  readonly action: DatabaseAction;
  readonly result: DatabaseResult;
  readonly actor: string;
  readonly reason: string;
  readonly service: string | null;
  readonly backup: string | null;
  readonly release: string | null;
  /** Of a restore: id of the release that served when it began, whose data was set aside. Absent where that was not written, or none did. */
  readonly served?: string | undefined;
  readonly error: string | null;
  /** Ids of backups that were pruned. */
  readonly removed: readonly string[];
}

const prefix = "database-";

/** What a record of this type is about; `null` for one that is about no database. */
export function databaseActionOf(type: string): DatabaseAction | null {
  return databaseActions.find((action) => type === `${prefix}${action}`) ?? null;
}

/** Afterwards what was in the database, or a part of it, is there no more. */
export function takesDataAway(action: DatabaseAction | null): boolean {
  return action === "anew" || action === "migrate-down" || action === "restore" || action === "restore-undo";
}

/** As the journal keeps it. */
export function databaseEntry({ action, ...said }: DatabaseEntry): JournalEntry {
  return { type: `${prefix}${action}`, ...said };
}

/** `null` for a record of something else. @throws SluiceError JOURNAL_INVALID where it does not say how it ended */
export function parseDatabaseRecord(record: JournalRecord): DatabaseRecord | null {
  const action = databaseActionOf(record.type);
  if (!action) return null;
  const { seq, at, hash } = record;
  const result = databaseResults.find((each) => each === record["result"]);
  if (!result) throw invalidRecord(record);
  const text = (field: string) => (typeof record[field] === "string" ? record[field] : null);
  const served = text("served");
  const message = (record["error"] as { readonly message?: unknown } | undefined)?.message;
  return {
    seq,
    at,
    hash,
    action,
    result,
    actor: text("actor") ?? "",
    reason: text("reason") ?? "",
    service: text("service"),
    backup: text("backup"),
    release: text("release"),
    ...(served === null ? {} : { served }),
    error: typeof message === "string" && message !== "" ? message : null,
    removed: Array.isArray(record["removed"]) ? record["removed"].map(String) : [],
  };
}
