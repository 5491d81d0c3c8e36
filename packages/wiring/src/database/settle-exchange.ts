import { databaseEntry, type Finding } from "@sluice/core";
import { tookPlace } from "@sluice/database";
import type { Session } from "../session.ts";
import type { OpenDatabase } from "./open-database.ts";
import { unfinishedExchange } from "./unfinished-exchange.ts";

/**
 * Records how a restore, or its undo, ended that has no end in the record, by what is there: it was killed before that, or nobody saw how it
 * ended. Where that cannot be told, it stays without an end, and whose migrations are on the data is not known. For the holder of the stack's lock.
 *
 * @throws SluiceError as `tookPlace`, JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE, DISK_FULL
 */
export async function settleExchange(
  session: Session,
  { ports: { driver, store }, service }: Pick<OpenDatabase, "ports" | "service">,
  say: (finding: Finding) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { journal } = await session.ports();
  const exchange = await unfinishedExchange(journal, service);
  if (!exchange) return;
  const { action, backup, actor, at } = exchange;
  const isDone = await tookPlace(driver, action, { backup, signal });
  if (isDone === null) return;
  const what = action === "restore" ? `the restore of backup ${backup}` : `undoing the restore of backup ${backup}`;
  const outcome = isDone ? "it took place" : "it did not take place";
  const message = `${what} that ${actor} began at ${at} had no end in the record: ${outcome}, by what is set aside beside the database`;
  // Whose data it is counts where the record does not know the backup.
  const known = isDone ? await store.load(backup).catch(() => null) : null;
  const about = { actor: session.options.actor, reason: message, service, backup };
  const failed = { result: "failed", error: { code: "RESTORE_FAILED", message } } as const;
  const end = isDone ? ({ result: "done", ...(known ? { release: known.release } : {}) } as const) : failed;
  await journal.append(databaseEntry({ action, ...about, ...end }));
  say({ severity: "warn", code: "restore-settled", service, message });
}
