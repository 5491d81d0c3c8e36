import { isUntold, type OutboxEntry } from "./entry.ts";
import { withoutText } from "./keep.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Gives up what a channel was not told: nobody tries it again, also no run that would tell the last ending. Resolves with what that
 * was, oldest first. What was delivered stays known. One process at a time may use the outbox.
 *
 * @throws SluiceError NOTIFY_FAILED
 */
export async function dropUntold(
  outbox: Pick<Outbox, "list" | "write">,
  channel: string,
  now: Date,
): Promise<readonly OutboxEntry[]> {
  const untold = (await outbox.list()).filter((entry) => entry.channel === channel && isUntold(entry));
  const updatedAt = now.toISOString();
  await Promise.all(untold.map((entry) => outbox.write({ ...withoutText(entry), state: "dropped", updatedAt })));
  return untold;
}
