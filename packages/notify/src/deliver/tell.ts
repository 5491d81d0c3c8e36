import { type Clock, messageOf } from "@sluice/core";
import type { Channel } from "../channels/channel.ts";
import { dated } from "../message/late.ts";
import { type Templates, toMessage } from "../message/message.ts";
import type { Notification } from "../message/notification.ts";
import type { OutboxEntry } from "../outbox/entry.ts";
import { afterDelivery, waitingEntry } from "../outbox/keep.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { deliver, type RetryPolicy } from "./deliver.ts";

/** What became of one notification for one channel. */
export interface DeliveryReport {
  readonly id: string;
  readonly channel: string;
  /** Host, never an address. */
  readonly place: string;
  /** `known`: it was told before, waits already, or was dropped. `expired`: it waited for a week, or its time is past, and was given up. */
  readonly result: "delivered" | "waiting" | "uncertain" | "known" | "expired";
  readonly reason?: string | undefined;
}

export interface TellContext {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly templates: Templates | undefined;
  /** IANA name. */
  readonly timezone: string;
}

/** A notification for one channel; without an entry it is known there already. */
export interface Telling {
  readonly notification: Notification;
  readonly entry: OutboxEntry | null;
  readonly retries: RetryPolicy;
  /** It could not be written down: no later run knows of it. */
  readonly isUnrecorded?: boolean | undefined;
}

/** Writes down what is to be told, before anything is sent: whatever ends this process, the next run tells the rest. */
export async function enlist(
  { outbox, clock }: TellContext,
  channel: Channel,
  notification: Notification,
  retries: RetryPolicy,
): Promise<Telling> {
  if (await outbox.read(notification.id, channel.name)) return { notification, entry: null, retries };
  const entry = waitingEntry(notification, channel.name, clock.now());
  const problem = await record(outbox, entry);
  return { notification, entry, retries, isUnrecorded: problem !== undefined };
}

/** Tries to tell one channel, and records what came of it. */
export async function tell(
  { outbox, clock, templates, timezone }: TellContext,
  channel: Channel,
  { notification, entry, retries }: Telling,
  signal: AbortSignal,
): Promise<DeliveryReport> {
  const told = { id: notification.id, channel: channel.name, place: channel.place };
  if (!entry) return { ...told, result: "known" };
  const unrecorded = await record(outbox, { ...entry, state: "sending", updatedAt: clock.now().toISOString() });
  const message = dated(toMessage(notification, templates), notification.at, clock.now(), timezone);
  const content = { notification, message, reached: entry.reached ?? [] };
  const delivery = await deliver(channel, content, retries, clock, signal);
  const after = afterDelivery(entry, delivery, channel, clock.now());
  const problem = (await record(outbox, after)) ?? unrecorded;
  const reason = [after.reason, problem].filter((text) => text !== undefined).join("; ");
  return { ...told, result: after.state, ...(reason ? { reason } : {}) };
}

/** Telling people matters more than the record of it: what goes wrong is said, not thrown. */
async function record(outbox: Outbox, entry: OutboxEntry): Promise<string | undefined> {
  try {
    await outbox.write(entry);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
