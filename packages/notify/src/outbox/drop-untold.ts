import type { OutboxEntry } from "./entry.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Forgets what a channel was not told: nobody tries it again. Resolves with what that was, oldest first. What was delivered stays
 * known. One process at a time may use the outbox.
 */
export async function dropUntold(
  outbox: Pick<Outbox, "list" | "remove">,
  channel: string,
): Promise<readonly OutboxEntry[]> {
  const untold = (await outbox.list()).filter((entry) => entry.channel === channel && entry.state !== "delivered");
  await Promise.all(untold.map((entry) => outbox.remove(entry)));
  return untold;
}
