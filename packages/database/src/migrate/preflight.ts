import { formatDuration, SluiceError } from "@sluice/core";
import type { PreparedTransaction, Session } from "./activity.ts";
import { describeSession } from "./describe-session.ts";
import type { MigrationSettings } from "./settings.ts";

/**
 * Transactions that are old before a migration begins: one that needs a lock on what they use would wait for them, and
 * the application behind it.
 *
 * @returns each in words, oldest first; values of statements are left out
 */
export function longTransactions(
  sessions: readonly Session[],
  prepared: readonly PreparedTransaction[],
  longerThanMs: number,
): readonly string[] {
  const open = sessions.flatMap((session) => {
    const ageMs = session.transactionMs ?? 0;
    return ageMs > longerThanMs ? [{ ageMs, text: describeSession(session) }] : [];
  });
  const left = prepared
    .filter(({ ageMs }) => ageMs > longerThanMs)
    .map(({ gid, ageMs }) => ({ ageMs, text: `prepared transaction ${gid} (for ${formatDuration(ageMs)})` }));
  return [...open, ...left].toSorted((a, b) => b.ageMs - a.ageMs).map(({ text }) => text);
}

/** @throws SluiceError PREFLIGHT_FAILED where the policy refuses what was found */
export function assertNoLongTransactions(
  found: readonly string[],
  { onLongTransaction, longTransactionMs }: MigrationSettings,
): void {
  if (found.length === 0 || onLongTransaction !== "refuse") return;
  throw new SluiceError("PREFLIGHT_FAILED", `a migration would wait for ${found[0]}, and the application behind it`, {
    detail: found.join("\n"),
    hint: `wait until no transaction is older than ${formatDuration(longTransactionMs)}, end it, or set database.migrate.onLongTransaction: warn`,
    retryable: true,
  });
}
