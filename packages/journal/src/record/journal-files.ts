import { join } from "node:path";

/** Files of the record in a state home. */
export function journalFiles(path: string): { journal: string; head: string; torn: string } {
  return { journal: join(path, "journal.ndjson"), head: join(path, "journal.head"), torn: join(path, "journal.torn") };
}
