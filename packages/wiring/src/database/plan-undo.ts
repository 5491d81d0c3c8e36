import {
  type DatabaseAction,
  type DatabaseRecord,
  isSluiceError,
  type Journal,
  parseDatabaseRecord,
} from "@sluice/core";
import type { Session } from "../session.ts";
import type { UndoPlan } from "./database-operations.ts";
import type { OpenDatabase } from "./open-database.ts";

/**
 * What the undo of a restore would put back, as far as it is on record. Changes nothing.
 *
 * @throws SluiceError DATABASE_UNREACHABLE, RESTORE_FAILED (it could not be swapped), JOURNAL_INVALID, JOURNAL_NEWER
 */
export async function planUndo(
  session: Session,
  { ports: { driver }, name, service, release }: Pick<OpenDatabase, "ports" | "name" | "service" | "release">,
  backup: string,
  signal: AbortSignal,
): Promise<UndoPlan> {
  const { bundles, journal } = await session.ports();
  const [restored, stored, findings = []] = await Promise.all([
    lastRestore(journal, service, backup),
    bundles.list(),
    // What it foresees is to be known, and is told again at the end; only that nothing could be swapped ends it.
    driver.foreseeSwap?.({ backup, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (isSluiceError(error) && error.code === "RESTORE_FAILED") throw error;
      return [];
    }),
  ]);
  const tagOf = (id: string | null) => stored.find((bundle) => bundle.id === id)?.tag ?? id;
  const { at, actor, reason, served = null } = restored ?? {};
  return {
    backup,
    live: { database: name, service },
    restored: at === undefined || actor === undefined || reason === undefined ? null : { at, actor, reason },
    releases: { data: tagOf(served), serves: tagOf(release) },
    findings,
  };
}

/**
 * The last one of a backup that took place, and was not taken back; `null` too where it is not known how the last one ended. One
 * whose end was found out later says in its beginning what served.
 */
async function lastRestore(
  journal: Pick<Journal, "backwards">,
  service: string,
  backup: string,
): Promise<DatabaseRecord | null> {
  let done: DatabaseRecord | null = null;
  const ended = new Set<DatabaseAction>();
  for await (const record of journal.backwards({ types: isExchange })) {
    const said = parseDatabaseRecord(record);
    if (said?.backup !== backup || said.service !== service) continue;
    if (done) return { ...said, ...done };
    if (said.result === "begun") {
      if (!ended.delete(said.action)) return null;
    } else if (said.result !== "done") ended.add(said.action);
    else if (said.action === "restore-undo") return null;
    else if (said.served !== undefined) return said;
    else done = said;
  }
  return done;
}

const isExchange = (type: string) => type === "database-restore" || type === "database-restore-undo";
