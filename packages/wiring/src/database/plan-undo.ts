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
  const [{ restored, takenBack }, stored, findings = []] = await Promise.all([
    lastExchange(journal, service, backup),
    bundles.list(),
    // What it foresees is to be known, and is told again at the end; only that nothing could be swapped ends it.
    driver.foreseeSwap?.({ backup, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (isSluiceError(error) && error.code === "RESTORE_FAILED") throw error;
      return [];
    }),
  ]);
  const tagOf = (id: string | null) => stored.find((bundle) => bundle.id === id)?.tag ?? id;
  return {
    backup,
    live: { database: name, service },
    restored: restored && saidOf(restored),
    takenBack: takenBack && saidOf(takenBack),
    releases: { data: tagOf(restored?.served ?? null), serves: tagOf(release) },
    findings,
  };
}

const saidOf = ({ at, actor, reason }: DatabaseRecord) => ({ at, actor, reason });

interface LastExchange {
  /** The last restore that took place, and was not taken back. One whose end was found out later says in its beginning what served. */
  readonly restored: DatabaseRecord | null;
  /** The undo that took it back. */
  readonly takenBack: DatabaseRecord | null;
}

/** Of a backup. Neither is known where it is not known how the last of them ended. */
async function lastExchange(
  journal: Pick<Journal, "backwards">,
  service: string,
  backup: string,
): Promise<LastExchange> {
  let done: DatabaseRecord | null = null;
  const ended = new Set<DatabaseAction>();
  for await (const record of journal.backwards({ types: isExchange })) {
    const said = parseDatabaseRecord(record);
    if (said?.backup !== backup || said.service !== service) continue;
    if (done) return { restored: { ...said, ...done }, takenBack: null };
    if (said.result === "begun") {
      if (!ended.delete(said.action)) break;
    } else if (said.result !== "done") ended.add(said.action);
    else if (said.action === "restore-undo") return { restored: null, takenBack: said };
    else if (said.served !== undefined) return { restored: said, takenBack: null };
    else done = said;
  }
  return { restored: done, takenBack: null };
}

const isExchange = (type: string) => type === "database-restore" || type === "database-restore-undo";
