import {
  type Clock,
  type Config,
  createEvent,
  type Finding,
  isSluiceError,
  type Journal,
  type Redact,
} from "@sluice/core";
import { type AttemptRecord, findAttempt, newestAttempts } from "@sluice/engine";
import { createNotifier, createOutbox, type Notification, type Notifier, type TellOptions } from "@sluice/notify";
import type { OpenedChannels } from "./channels.ts";
import { guarded, waitHints } from "./delivery-findings.ts";
import { inTurn, type Turns } from "./in-turn.ts";
import type { Held, LastWord } from "./last-word.ts";
import { lastNotification, notificationOf, type PersonWanted, waitingOf } from "./notification-of.ts";
import { refusalOf } from "./refusal-of.ts";
import { tellBeginning } from "./tell-beginning.ts";

/** What telling people may take after an interruption, milliseconds: who interrupts, kills soon. */
const interruptedBudgetMs = 1_500;

/** What telling people needs of the rest. */
export interface NotifyParts {
  readonly stack: string;
  readonly config: Config;
  readonly opened: OpenedChannels;
  readonly outboxDir: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly lastWord: LastWord;
  readonly link: string | undefined;
  /** Commit of the release that an attempt was about, where it is known. */
  readonly commitOf?: ((attempt: AttemptRecord) => Promise<string | undefined>) | undefined;
}

/** Who asked for what, for a deployment that is refused before it has a record. */
export interface Asked {
  readonly actor: string;
  readonly reason: string;
  readonly release: string;
}

/** Tells the channels of the configuration; what cannot be told waits in the outbox of the state home. */
export function notifierOf({ config, opened, outboxDir, clock, redact }: NotifyParts): Notifier {
  const { channels } = opened;
  const { notify: templates, windows } = config;
  const outbox = createOutbox(outboxDir);
  return createNotifier({ channels, outbox, clock, redact, templates, timezone: windows.timezone });
}

/**
 * Runs a deployment, and tells people of every ending that comes of it: its own, that of an attempt it recovers, and
 * the last one of a run that died before it could tell. Nothing that goes wrong here changes what the run gives or
 * throws; it ends at most `notify.timeout`, and less than a second, later. What waits from before is told meanwhile.
 * Under the lock of the state home, as only one may use the outbox.
 */
export async function withNotifications<T>(
  parts: NotifyParts,
  asked: Asked,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const { opened, clock, lastWord } = parts;
  if (opened.channels.length === 0) return run();
  const notifier = notifierOf(parts);
  const held = lastWord.hold();
  const say = (finding: Finding) => held.say(createEvent(clock.now(), { type: "finding", finding }));
  const missed = await missedBefore(parts);
  const catchingUp = guarded(say, () =>
    notifier.catchUp(missed, { withinMs: parts.config.notify.timeout / 2, signal }),
  );
  const { stack, link, config } = parts;
  const turns = inTurn(catchingUp);
  const beginning = tellBeginning(notifier, { stack, link, timeoutMs: config.notify.timeout, signal }, turns);
  if (opened.channels.some(({ on }) => on.includes("begun"))) lastWord.watch(beginning.onEvent);
  const waiting = tellOfWaiting(parts, notifier, { say, turns, signal });
  const refused: Notification[] = [];
  try {
    return await run();
  } catch (error) {
    if (isSluiceError(error) && error.code === "WINDOW_CLOSED") refused.push(await refusalOf(parts, asked, error));
    throw error;
  } finally {
    const endedMs = clock.monotonicMs();
    await Promise.all([catchingUp, beginning.settled(), waiting.end()]);
    await notifier.withdrawPassing().catch(() => undefined);
    await guarded(say, async () => {
      const notifications = [...(await endingsOf(parts, held)), ...refused];
      const tookMs = clock.monotonicMs() - endedMs;
      return notifications.length > 0 ? notifier.announce(notifications, budgetOf(parts, signal, tookMs)) : [];
    });
    held.release();
  }
}

/**
 * Tells people while the run goes on that it waits for them. What could not be told when the run ends is given up: later it
 * would be taken for the wait of another deployment, which nobody has looked at.
 */
function tellOfWaiting(
  parts: NotifyParts,
  notifier: Notifier,
  { say, turns, signal }: { say: (finding: Finding) => void; turns: Turns; signal: AbortSignal },
): { end(): Promise<void> } {
  const { stack, link, journal, config, lastWord } = parts;
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  let telling: Promise<void> | null = null;
  const tellOf = async (event: PersonWanted) => {
    const attempt = await attemptOf(journal, event.deployment);
    const notification = waitingOf(event, attempt, { stack, link });
    return notifier.announce([notification], { withinMs: config.notify.timeout, signal: either });
  };
  lastWord.watch((event) => {
    if (event.type === "person-wanted") telling = turns(() => guarded(say, () => tellOf(event), waitHints));
  });
  return {
    async end() {
      ending.abort();
      await telling;
    },
  };
}

/** What is left of the time; after an interruption little, and then the signal says nothing any more. */
function budgetOf({ config: { notify } }: NotifyParts, signal: AbortSignal, tookMs: number): TellOptions {
  if (signal.aborted) return { withinMs: Math.min(interruptedBudgetMs, notify.timeout) };
  return { withinMs: Math.max(0, notify.timeout - tookMs), signal };
}

/** The last ending that there is: its run may have been killed before it could tell, also in a deployment that it began then. */
async function missedBefore(parts: NotifyParts): Promise<readonly Notification[]> {
  const { stack, link, journal, clock } = parts;
  const last = await lastEnded(journal).catch(() => null);
  const missed = last && lastNotification(last, clock.now(), { stack, link });
  return missed ? [await withCommit(parts, missed, last)] : [];
}

async function lastEnded(journal: Journal): Promise<AttemptRecord | null> {
  for await (const attempt of newestAttempts(journal)) if (attempt.end) return attempt;
  return null;
}

async function withCommit(
  { commitOf }: NotifyParts,
  notification: Notification,
  attempt: AttemptRecord | undefined,
): Promise<Notification> {
  const commit = attempt && (await commitOf?.(attempt).catch(() => undefined));
  return commit === undefined ? notification : { ...notification, commit };
}

async function endingsOf(parts: NotifyParts, { ends }: Held): Promise<readonly Notification[]> {
  if (ends.length === 0) return [];
  const { stack, link, journal } = parts;
  const told = ends.map(async (end) => {
    const attempt = await attemptOf(journal, end.deployment);
    const notification = notificationOf(end, attempt, { stack, link });
    return notification ? [await withCommit(parts, notification, attempt)] : [];
  });
  return (await Promise.all(told)).flat();
}

/** Where the record cannot be read, what can be said without it is said. */
async function attemptOf(journal: Journal, deployment: string): Promise<AttemptRecord | undefined> {
  return (await findAttempt(journal, deployment).catch(() => null)) ?? undefined;
}
