import type { Journal, JournalEntry, Redact } from "@sluice/core";
import { redactDeep } from "@sluice/core";

/**
 * Fields that hold what somebody or something said: an application's last lines, an answer, a reason. All other fields are
 * names, hashes and states that a later run goes by: masking a slot because a password is `blue` would lose the way back.
 */
const spoken: ReadonlySet<string> = new Set([
  "reason",
  "message",
  "hint",
  "detail",
  "value",
  "limit",
  "cause",
  "text",
  "line",
]);

/** A journal that masks what is known to be secret in what was said, before it is written and hashed. */
export function createRedactingJournal(journal: Journal, redact: Redact): Journal {
  return {
    append: (entry) => journal.append(masked(entry, redact) as JournalEntry),
    read: (wanted) => journal.read(wanted),
    backwards: (wanted) => journal.backwards(wanted),
  };
}

function masked(value: unknown, redact: Redact): unknown {
  if (Array.isArray(value)) return value.map((item) => masked(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      spoken.has(key) ? redactDeep(item, redact) : masked(item, redact),
    ]),
  );
}
