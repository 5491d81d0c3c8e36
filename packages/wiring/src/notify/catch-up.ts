import type { DeliveryReport, Notification, Notifier, TellOptions } from "@sluice/notify";
import type { NotifyParts } from "./with-notifications.ts";

/** What is in the outbox, then what is new, in the time that there is: what happened first is told first. */
export async function catchUp(
  { clock }: Pick<NotifyParts, "clock">,
  notifier: Notifier,
  news: readonly Notification[],
  { withinMs, signal }: TellOptions,
): Promise<readonly DeliveryReport[]> {
  const beginMs = clock.monotonicMs();
  const flushed = await notifier.flush({ withinMs, signal });
  const left = Math.max(0, withinMs - (clock.monotonicMs() - beginMs));
  const announced = await notifier.announce(news, { withinMs: left, signal });
  // What waits on was said when it began to wait.
  return [...flushed.filter(({ result }) => result === "expired"), ...announced];
}
