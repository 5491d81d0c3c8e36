import { type DatabaseAction, databaseActionOf, type Journal, parseDatabaseRecord } from "@sluice/core";

/** A restore, or its undo, that was begun and whose end nobody recorded. */
export interface UnfinishedExchange {
  readonly action: "restore" | "restore-undo";
  readonly backup: string;
  readonly actor: string;
  /** ISO 8601. */
  readonly at: string;
}

/** One database takes the place of another. */
export function isExchange(action: DatabaseAction | null): action is UnfinishedExchange["action"] {
  return action === "restore" || action === "restore-undo";
}

/**
 * The last exchange of a database, where it has no end in the record; `null` where it has one. Also where an earlier restore of the same
 * backup took place and was not undone: what is set aside is of that one. For whoever knows that none is under way.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function unfinishedExchange(
  journal: Pick<Journal, "backwards">,
  service: string,
): Promise<UnfinishedExchange | null> {
  let found: UnfinishedExchange | null = null;
  for await (const record of journal.backwards({ types: (type) => isExchange(databaseActionOf(type)) })) {
    const said = parseDatabaseRecord(record);
    if (!said || said.service !== service || !isExchange(said.action)) continue;
    const { action, result, backup, actor, at } = said;
    if (!found) {
      if (result !== "begun" || backup === null) return null;
      found = { action, backup, actor, at };
      // Of an undo what is there tells by itself.
      if (action === "restore-undo") return found;
    } else if (backup === found.backup && result === "done") return action === "restore" ? null : found;
  }
  return found;
}
