import { join } from "node:path";

/** Files of the record in a state home. */
export function journalFiles(path: string): { journal: string; head: string; torn: string; reserve: string } {
  const named = (end: string) => join(path, `journal.${end}`);
  return { journal: named("ndjson"), head: named("head"), torn: named("torn"), reserve: named("reserve") };
}
