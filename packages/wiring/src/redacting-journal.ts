import type { Journal, Redact } from "@sluice/core";
import { maskWords } from "./masked-words.ts";

/** A journal that masks what is known to be secret in what was said, before it is written and hashed. */
export function createRedactingJournal(journal: Journal, redact: Redact): Journal {
  return {
    append: (entry) => journal.append(maskWords(entry, redact)),
    read: (wanted) => journal.read(wanted),
    backwards: (wanted) => journal.backwards(wanted),
  };
}
