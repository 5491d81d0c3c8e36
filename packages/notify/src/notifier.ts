import { type Clock, isAskedFor, maskWords, type Redact } from "@sluice/core";
import type { Channel } from "./channels/channel.ts";
import { within } from "./deliver/deadline.ts";
import { defaultRetries, type RetryPolicy } from "./deliver/deliver.ts";
import { type DeliveryReport, enlist, type TellContext, type Telling, tell } from "./deliver/tell.ts";
import type { Templates } from "./message/message.ts";
import type { Notification } from "./message/notification.ts";
import { isUntold, type OutboxEntry } from "./outbox/entry.ts";
import { givenUpAt, isDue, isPassing, outdated } from "./outbox/keep.ts";
import type { Outbox } from "./outbox/outbox.ts";

export interface NotifierOptions {
  readonly channels: readonly Channel[];
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** Masks what must not leave this machine in what a notification says; names, states and links stay as they are. */
  readonly redact: Redact;
  /** Titles and notes of one's own. */
  readonly templates?: Templates | undefined;
  /** Of times in messages that are told late, IANA name. Default: UTC. */
  readonly timezone?: string | undefined;
  readonly retries?: RetryPolicy | undefined;
}

export interface TellOptions {
  /** Bound for all channels together, milliseconds. */
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FlushOptions extends TellOptions {
  /** Also what may have arrived before. Default `false`. */
  readonly withUncertain?: boolean | undefined;
}

/** Tells people, at most once for each ending, or word of an alarm, and channel. That somebody cannot be told is a report, never an error. */
export interface Notifier {
  /** Tells all channels that want it, at the same time. What cannot be delivered waits in the outbox. */
  announce(notifications: readonly Notification[], options: TellOptions): Promise<readonly DeliveryReport[]>;
  /**
   * Tries once what waits, and gives up what has waited for a week, or whose time is past, such as a wait for a person. What no
   * channel here is for goes on waiting, and is reported.
   */
  flush(options: FlushOptions): Promise<readonly DeliveryReport[]>;
  /** The deployment is over: that it has begun, or waits for a person, is told to nobody any more who was not told yet. */
  withdrawPassing(): Promise<void>;
  /** Another time is planned for a release: those of before are told to nobody any more who was not told yet. */
  withdrawPlans(release: string): Promise<void>;
}

/** The caller sees to it that one process at a time uses the outbox: the lock of a state home does. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, outbox, clock, redact, templates, timezone = "UTC", retries = defaultRetries } = options;
  const context: TellContext = { outbox, clock, templates, timezone };

  /** All channels at once; for each in turn, so that what happened first is told first. */
  async function tellAll(
    lists: readonly (readonly [Channel, readonly Telling[]])[],
    policy: RetryPolicy,
    { withinMs, signal }: TellOptions,
  ): Promise<readonly DeliveryReport[]> {
    return within(clock, withinMs, signal, async (inner) => {
      const telling = lists.map(async ([channel, list]) => {
        const reports: DeliveryReport[] = [];
        for (const one of list) reports.push(await tell(context, channel, one, policy, inner));
        return reports;
      });
      return (await Promise.all(telling)).flat();
    });
  }

  async function withdraw(isMeant: (entry: OutboxEntry) => boolean): Promise<void> {
    const untold = (await outbox.list()).filter((entry) => isUntold(entry) && isMeant(entry));
    await Promise.all(untold.map((entry) => outbox.remove(entry)));
  }

  return {
    async announce(notifications, tellOptions) {
      const clean = maskWords(notifications, redact);
      const lists = channels.map(async (channel) => {
        const wanted = clean.filter(({ outcome }) => isAskedFor(channel.on, outcome));
        return [channel, await Promise.all(wanted.map((one) => enlist(context, channel, one)))] as const;
      });
      return tellAll(await Promise.all(lists), retries, tellOptions);
    },
    async flush({ withUncertain = false, ...tellOptions }) {
      const now = clock.now();
      await outbox.sweep();
      const entries = await outbox.list();
      const old = outdated(entries, now);
      await Promise.all(old.map((entry) => outbox.remove(entry)));
      const lists = channels.map((channel) => {
        const mine = entries.filter((entry) => entry.channel === channel.name && !old.includes(entry));
        return [channel, mine.flatMap((entry) => dueTelling(entry, channel, now, withUncertain))] as const;
      });
      const reports = await tellAll(lists, { ...retries, attempts: 1 }, tellOptions);
      // Nobody misses old news of what was only passing.
      const missed = old.filter((entry) => isUntold(entry) && !isPassing(entry));
      const shut = entries.filter(
        (entry) => isUntold(entry) && !old.includes(entry) && channels.every(({ name }) => name !== entry.channel),
      );
      return [...missed.map(expiredReport), ...shut.map(shutReport), ...reports];
    },
    withdrawPassing: () => withdraw(isPassing),
    withdrawPlans: (release) => withdraw((entry) => entry.outcome === "planned" && entry.release === release),
  };
}

function dueTelling(entry: OutboxEntry, channel: Channel, now: Date, withUncertain: boolean): readonly Telling[] {
  const { notification } = entry;
  return notification && isDue(entry, channel, now, withUncertain) ? [{ notification, entry }] : [];
}

function shutReport(entry: OutboxEntry): DeliveryReport {
  const { id, channel } = entry;
  const reason =
    "its channel is not open here: set the variables that it needs, or put it back where it is not configured any more; " +
    `else it is given up on ${givenUpAt(entry).toISOString()}`;
  return { id, channel, place: "-", result: "waiting", reason };
}

function expiredReport({ id, channel, reason }: OutboxEntry): DeliveryReport {
  return { id, channel, place: "-", result: "expired", ...(reason ? { reason } : {}) };
}
