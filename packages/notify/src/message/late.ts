import { formatInZone } from "@sluice/core";
import type { Message } from "./message.ts";

/** What is told within this time is news, milliseconds. */
const freshMs = 600_000;

/**
 * A message that says first when it happened, where it is told late: what waited in the outbox speaks of another time, and others
 * may have been told what came after it.
 *
 * @param at ISO 8601
 * @param timezone IANA name
 */
export function dated(message: Message, at: string, now: Date, timezone: string): Message {
  const happened = new Date(at);
  if (now.getTime() - happened.getTime() < freshMs) return message;
  return { ...message, facts: [{ label: "News of", value: formatInZone(happened, timezone) }, ...message.facts] };
}
