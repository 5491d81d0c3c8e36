import { type Finding, isAskedFor, messageOf, type Serving } from "@sluice/core";
import { createOutbox, type DeliveryReport, isUntold, type Notification } from "@sluice/notify";
import { type NotifyParts, notifierOf } from "../notify/with-notifications.ts";
import { type AlarmChange, alarmChange } from "./alarm-change.ts";
import { type AlarmName, alarmNotification, alarmOf } from "./alarm-notification.ts";
import type { AlarmStates, Found } from "./alarm-states.ts";
import { masked, type Trouble } from "./trouble.ts";

export interface AlarmParts extends NotifyParts {
  readonly states: AlarmStates;
  /** Is told that people were told, and that the next run does not know. */
  readonly say: (finding: Finding) => void;
  /** The lock of the state home, under which alone the outbox may be used. */
  readonly lock: () => Promise<AsyncDisposable>;
  /** Left out where it is of no interest. */
  readonly serving?: (() => Promise<Serving | null>) | undefined;
}

/**
 * Tells people what a run changes of an alarm, what others noted that could not tell it, and what waits from before. The lock is taken
 * only where there is something to tell.
 *
 * @param found none where all is well
 * @throws SluiceError LOCK_HELD where there is news: it is neither told nor remembered, and the next run tells it
 */
export async function tellAlarm(
  parts: AlarmParts,
  alarm: AlarmName,
  found: readonly Trouble[],
  signal: AbortSignal | undefined,
): Promise<readonly DeliveryReport[]> {
  const { opened, config, redact, lock, states } = parts;
  // What this run found is newer.
  await states.forgetNote(alarm);
  const own = { alarm, troubles: found.map((trouble) => masked(trouble, redact)) };
  const all = [own, ...(await states.notes())].filter((one) =>
    opened.channels.some(({ on }) => isAskedFor(on, alarmOf[one.alarm])),
  );
  if (all.length === 0) return [];
  const changed = await changesOf(parts, all);
  if (changed.length === 0 && !(await isSomethingWaiting(parts))) return [];
  const isNews = changed.some(({ alarm: of }) => of === alarm);
  const serving = isNews ? await parts.serving?.().catch(() => undefined) : undefined;
  await using held = await lock().catch((error: unknown) => {
    if (isNews) throw error;
    return null;
  });
  if (!held) return [];
  // Another run may have told it meanwhile.
  const changes = await changesOf(parts, all);
  const news = changes.map((one) => notificationOf(parts, one, one.alarm === alarm ? serving : undefined));
  // Not before it is in the outbox, where a run that is killed leaves it, and before it is told, so that nobody is told twice.
  const onEnlisted = async () => {
    for (const one of changes) await remember(parts, one);
  };
  const telling = { withinMs: config.notify.timeout, signal, onEnlisted };
  return await notifierOf(parts).catchUp(await Promise.all(news), telling);
}

interface Changed extends Found {
  readonly change: AlarmChange;
}

async function changesOf(
  { states, clock }: Pick<AlarmParts, "states" | "clock">,
  all: readonly Found[],
): Promise<readonly Changed[]> {
  const changes = all.map(async ({ alarm, troubles }) => {
    const failing = troubles.map(({ key }) => key);
    const change = alarmChange(await states.read(alarm), failing, clock.now());
    return change ? [{ alarm, troubles, change }] : [];
  });
  return (await Promise.all(changes)).flat();
}

/** People are told all the same: rather at each run than never. */
async function remember(
  { states, say }: Pick<AlarmParts, "states" | "say">,
  { alarm, change: { word, next } }: Changed,
): Promise<void> {
  await states.write(alarm, next).catch((error: unknown) => {
    const why = messageOf(error);
    say({
      severity: "warn",
      code: "alarm-not-remembered",
      message: `that people are told of ${alarm} (${word}) cannot be remembered: ${why}`,
      hint: "until then each run tells it anew: free some space for the state home, or look at its disk",
    });
  });
}

/** A chat that was out of reach is told by the next run, and not only by the next deployment. */
async function isSomethingWaiting({ outboxDir }: Pick<AlarmParts, "outboxDir">): Promise<boolean> {
  return (await createOutbox(outboxDir).list()).some(isUntold);
}

async function notificationOf(
  { stack, config, clock, link }: AlarmParts,
  { alarm, change, troubles }: Changed,
  serving: Serving | null | undefined,
): Promise<Notification> {
  const { formatInZone } = await import("@sluice/core/windows");
  const textOf = (moment: Date) => formatInZone(moment, config.windows.timezone);
  return alarmNotification(alarm, change, troubles, { stack, now: clock.now(), link, serving, textOf });
}
