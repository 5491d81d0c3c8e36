import type { Attempt } from "../channels/answer.ts";
import type { Channel } from "../channels/channel.ts";
import type { Delivery } from "../deliver/deliver.ts";
import type { Notification } from "../message/notification.ts";
import { isUntold, type OutboxEntry } from "./entry.ts";

/** What waits longer is of no use to anybody. */
export const longestWaitMs = 7 * 24 * 3_600_000;
/** Entries of what nobody is to be told any more that are kept, the newest: no run looks further back. */
export const keptTold = 200;

/** A new entry, before its first attempt. */
export function waitingEntry(notification: Notification, channel: string, now: Date): OutboxEntry {
  const { id, stack, release, outcome } = notification;
  const at = now.toISOString();
  return {
    v: 1,
    id,
    channel,
    state: "waiting",
    stack,
    release,
    outcome,
    createdAt: at,
    updatedAt: at,
    attempts: 0,
    notification,
  };
}

/** The entry after a delivery was tried. */
export function afterDelivery(
  entry: OutboxEntry,
  { attempts, last, reached }: Delivery,
  channel: Channel,
  now: Date,
): OutboxEntry & { readonly state: Exclude<OutboxEntry["state"], "sending" | "dropped"> } {
  const { notification } = entry;
  const tried = { ...withoutText(entry), attempts: entry.attempts + attempts, updatedAt: now.toISOString() };
  if (last.result === "delivered") return { ...tried, state: "delivered" };
  const told = reached.length > 0 ? { reached } : {};
  const waits = { ...tried, reason: last.reason, ...told, ...(notification ? { notification } : {}) };
  if (last.result === "uncertain" && !channel.isRepeatable) return { ...waits, state: "uncertain" };
  const notBefore = notBeforeOf(last, now);
  return { ...waits, state: "waiting", ...(notBefore ? { notBefore } : {}) };
}

/** What is left of an entry that is not to be sent any more. */
export function withoutText(entry: OutboxEntry): OutboxEntry {
  const { notification: _text, reason: _reason, notBefore: _notBefore, reached: _reached, ...kept } = entry;
  return kept;
}

function notBeforeOf(last: Attempt, now: Date): string | undefined {
  if (last.result !== "retry" || last.afterMs === undefined) return undefined;
  return new Date(now.getTime() + Math.min(last.afterMs, longestWaitMs)).toISOString();
}

/**
 * What is news only while its deployment is under way: whoever hears of it later takes it for that of another one. The outbox
 * is that deployment's own until it ends, so whoever flushes comes after it.
 */
const passing: ReadonlySet<string> = new Set(["begun", "waits-for-person"]);

export function isPassing({ outcome }: Pick<OutboxEntry, "outcome">): boolean {
  return passing.has(outcome);
}

/** Entries that are of no use any more, where no deployment is under way but that of the caller, of which nothing was told yet. */
export function outdated(entries: readonly OutboxEntry[], now: Date): readonly OutboxEntry[] {
  const told = entries.filter((entry) => !isUntold(entry));
  const expired = entries.filter(
    (entry) => isUntold(entry) && (isOverlong(entry, now) || isPlanOfThePast(entry, now) || isPassing(entry)),
  );
  return [...told.slice(0, Math.max(0, told.length - keptTold)), ...expired];
}

function isOverlong(entry: OutboxEntry, now: Date): boolean {
  return now.getTime() > givenUpAt(entry).getTime();
}

/** When an entry that is not delivered is of no use any more. */
export function givenUpAt({ createdAt }: Pick<OutboxEntry, "createdAt">): Date {
  return new Date(Date.parse(createdAt) + longestWaitMs);
}

/** Whoever is told of a plan when its time has come would wait for the wrong thing. */
function isPlanOfThePast({ notification }: OutboxEntry, now: Date): boolean {
  return notification?.plannedFor !== undefined && Date.parse(notification.plannedFor.at) <= now.getTime();
}

/** Whether a flush is to try an entry. `uncertain` ones only when a person asks for it. */
export function isDue(entry: OutboxEntry, channel: Channel, now: Date, withUncertain: boolean): boolean {
  if (!isUntold(entry)) return false;
  const { state, notBefore } = entry;
  const waitMs = notBefore === undefined ? 0 : Date.parse(notBefore) - now.getTime();
  // No wait is longer: wall time was ahead when that was written.
  if (waitMs > 0 && waitMs <= longestWaitMs) return false;
  // A process that ended while it was sending knew no more than one that got no answer.
  const isUncertain = state === "uncertain" || (state === "sending" && !channel.isRepeatable);
  return withUncertain || !isUncertain;
}
