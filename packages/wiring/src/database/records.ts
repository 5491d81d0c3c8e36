import type { Journal, JournalRecord } from "@sluice/core";
import type { DatabaseRecord } from "./database-operations.ts";

const prefix = "database-";

/** What was done to backups and by them, in order, as the journal has it. */
export async function readDatabaseRecords(journal: Journal): Promise<readonly DatabaseRecord[]> {
  const found: DatabaseRecord[] = [];
  for await (const record of journal.read({ types: (type) => type.startsWith(prefix) })) found.push(describe(record));
  return found;
}

function describe({
  seq,
  at,
  hash,
  type,
  actor,
  reason,
  result,
  backup,
  error,
  ...rest
}: JournalRecord): DatabaseRecord {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const message = (error as { message?: unknown } | undefined)?.message;
  return {
    seq,
    at,
    hash,
    actor: text(actor),
    reason: text(reason),
    what: type.slice(prefix.length),
    result: text(result),
    backup: text(backup) || null,
    error: text(message) || null,
    removed: Array.isArray(rest["removed"]) ? rest["removed"].map(String) : [],
  };
}
