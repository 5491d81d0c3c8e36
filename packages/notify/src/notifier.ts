import { type Clock, isAskedFor, maskWords, messageOf, type Redact, within } from "@sluice/core";
import type { Channel } from "./channels/channel.ts";
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

export interface CatchUpOptions extends TellOptions {
  /**
   * Awaited once all that is new is in the outbox, before anything is sent: whatever ends this process then, a later run tells it. Where
   * it cannot be written there, once all of it is told, and else not at all.
   */
  readonly onEnlisted?: (() => Promise<void>) | undefined;
}

/** Tells people, at most once for each ending, or word of an alarm, and channel. That somebody cannot be told is a report, never an error. */
export interface Notifier {
  /** Tells all channels that want it, at the same time. What cannot be delivered waits in the outbox. */
  announce(notifications: readonly Notification[], options: TellOptions): Promise<readonly DeliveryReport[]>;
  /**
   * Tries once what waits, and gives up what has waited for a week, or whose time is past, such as a wait for a person. What no
   * channel here is for goes on waiting, and is reported.
   *
   * @throws SluiceError NOTIFY_FAILED where the outbox cannot be read: nobody knows what waits
   */
  flush(options: FlushOptions): Promise<readonly DeliveryReport[]>;
  /**
   * `flush` and `announce` in one, so that a channel that hangs keeps only itself from what is new: each is told what waits, then what is
   * new. Reports what is new and what was given up, as what waits on was reported when it began to wait. Of an
   * outbox that cannot be read nothing waits.
   */
  catchUp(news: readonly Notification[], options: CatchUpOptions): Promise<readonly DeliveryReport[]>;
  /** The deployment is over: that it has begun, or waits for a person, is told to nobody any more who was not told yet. */
  withdrawPassing(): Promise<void>;
  /** Another time is planned for a release: those of before are told to nobody any more who was not told yet. */
  withdrawPlans(release: string): Promise<void>;
}

/** What each channel is to be told, in turn. */
type Lists = ReadonlyMap<Channel, readonly Telling[]>;

/** The caller sees to it that one process at a time uses the outbox: the lock of a state home does. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, outbox, clock, redact, templates, timezone = "UTC", retries = defaultRetries } = options;
  const context: TellContext = { outbox, clock, templates, timezone };

  /** All channels at once; for each in turn, so that what happened first is told first. */
  async function tellAll(lists: Lists, { withinMs, signal }: TellOptions): Promise<readonly DeliveryReport[]> {
    return within(clock, withinMs, signal, async (inner) => {
      const telling = channels.map(async (channel) => {
        const reports: DeliveryReport[] = [];
        for (const one of lists.get(channel) ?? []) reports.push(await tell(context, channel, one, inner));
        return reports;
      });
      return (await Promise.all(telling)).flat();
    });
  }

  async function enlistAll(notifications: readonly Notification[]): Promise<Lists> {
    const clean = maskWords(notifications, redact);
    const lists = channels.map(async (channel) => {
      const wanted = clean.filter(({ outcome }) => isAskedFor(channel.on, outcome));
      return [channel, await Promise.all(wanted.map((one) => enlist(context, channel, one, retries)))] as const;
    });
    return new Map(await Promise.all(lists));
  }

  /** What is to be tried once more, and what is not: what was given up just now, and what has no channel here. */
  async function takeStock(entries: readonly OutboxEntry[], withUncertain: boolean) {
    const now = clock.now();
    // What it leaves there takes some room, and a later run tries again.
    await outbox.sweep().catch(() => undefined);
    const old = outdated(entries, now);
    const problems = new Map(
      await Promise.all(old.map(async (entry) => [entry, await dropEntry(outbox, entry)] as const)),
    );
    const kept = entries.filter((entry) => !old.includes(entry));
    const once = { ...retries, attempts: 1 };
    const waiting: Lists = new Map(
      channels.map((channel) => {
        const due = kept.filter((entry) => entry.channel === channel.name && isDue(entry, channel, now, withUncertain));
        return [channel, due.flatMap((entry) => againTelling(entry, once))] as const;
      }),
    );
    // Nobody misses old news of what was only passing.
    const expired = old
      .filter((entry) => isUntold(entry) && !isPassing(entry))
      .map((entry) => expiredReport(entry, problems.get(entry)));
    const shut = kept
      .filter((entry) => isUntold(entry) && channels.every(({ name }) => name !== entry.channel))
      .map(shutReport);
    return { waiting, expired, shut };
  }

  async function withdraw(isMeant: (entry: OutboxEntry) => boolean): Promise<void> {
    const untold = (await outbox.list()).filter((entry) => isUntold(entry) && isMeant(entry));
    await Promise.all(untold.map((entry) => outbox.remove(entry)));
  }

  return {
    announce: async (notifications, tellOptions) => tellAll(await enlistAll(notifications), tellOptions),
    async flush({ withUncertain = false, ...tellOptions }) {
      const { waiting, expired, shut } = await takeStock(await outbox.list(), withUncertain);
      return [...expired, ...shut, ...(await tellAll(waiting, tellOptions))];
    },
    async catchUp(news, { onEnlisted, ...tellOptions }) {
      // Telling what is new matters more than what waits.
      const entries = await outbox.list().catch(() => []);
      const { waiting, expired } = await takeStock(entries, false);
      const fresh = await enlistAll(news);
      const isEnlisted = ![...fresh.values()].flat().some(({ isUnrecorded }) => isUnrecorded);
      if (isEnlisted) await onEnlisted?.();
      const isOfBefore = (report: DeliveryReport) =>
        channels.some(
          (channel) =>
            channel.name === report.channel &&
            waiting.get(channel)?.some(({ notification }) => notification.id === report.id),
        );
      const inTurn = new Map(
        channels.map((channel) => [channel, [...(waiting.get(channel) ?? []), ...(fresh.get(channel) ?? [])]] as const),
      );
      const reports = (await tellAll(inTurn, tellOptions)).filter((report) => !isOfBefore(report));
      // By one channel is enough: the others of what is written down nowhere would else tell it again each time.
      const isTold = (id: string) =>
        reports.some((one) => one.id === id && (one.result === "delivered" || one.result === "known"));
      if (!isEnlisted && news.every(({ id }) => isTold(id))) await onEnlisted?.();
      return [...expired, ...reports];
    },
    withdrawPassing: () => withdraw(isPassing),
    withdrawPlans: (release) => withdraw((entry) => entry.outcome === "planned" && entry.release === release),
  };
}

/** Nothing where a file of before has no text any more. */
function againTelling(entry: OutboxEntry, retries: RetryPolicy): readonly Telling[] {
  const { notification } = entry;
  return notification ? [{ notification, entry, retries }] : [];
}

function shutReport(entry: OutboxEntry): DeliveryReport {
  const { id, channel } = entry;
  const reason =
    "its channel is not open here: set the variables that it needs, or put it back where it is not configured any more; " +
    `else it is given up on ${givenUpAt(entry).toISOString()}`;
  return { id, channel, place: "-", result: "waiting", reason };
}

function expiredReport({ id, channel, reason: why }: OutboxEntry, problem: string | undefined): DeliveryReport {
  const reason = [why, problem].filter((text) => text !== undefined).join("; ");
  return { id, channel, place: "-", result: "expired", ...(reason ? { reason } : {}) };
}

/** What went wrong, where it is still there. */
function dropEntry(outbox: Outbox, entry: OutboxEntry): Promise<string | undefined> {
  return outbox.remove(entry).then(() => undefined, messageOf);
}
