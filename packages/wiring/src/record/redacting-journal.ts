import { type Journal, maskWords, type Redact } from "@sluice/core";

/** A journal that masks what is known to be secret in what was said, before it is written and hashed. */
export function createRedactingJournal(journal: Journal, redact: Redact): Journal {
  return {
    append: (entry) => journal.append(maskWords(entry, redact)),
    read: (wanted) => journal.read(wanted),
    backwards: (wanted) => journal.backwards(wanted),
  };
}
