import { type Finding, isAskedFor, type Serving } from "@sluice/core";
import { createOutbox, type DeliveryReport, isUntold } from "@sluice/notify";
import { type NotifyParts, notifierOf } from "../notify/with-notifications.ts";
import { type AlarmChange, alarmChange } from "./alarm-change.ts";
import { type AlarmName, alarmNotification, alarmOf } from "./alarm-notification.ts";
import type { AlarmStates } from "./alarm-states.ts";
import type { Trouble } from "./trouble.ts";

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
 * Tells people what a run changes of an alarm, and what waits from before. The lock is taken only where there is something to tell.
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
  const { opened, config, redact, lock } = parts;
  if (!opened.channels.some(({ on }) => isAskedFor(on, alarmOf[alarm]))) return [];
  // Before a text is shortened: half of a secret is not known as one.
  const troubles = found.map(({ key, text, hint }) => ({
    key: redact(key),
    text: redact(text),
    hint: hint === undefined ? undefined : redact(hint),
  }));
  const isNews = (await changeOf(parts, alarm, troubles)) !== null;
  if (!isNews && !(await isSomethingWaiting(parts))) return [];
  const serving = isNews ? await parts.serving?.().catch(() => undefined) : undefined;
  await using held = await lock().catch((error: unknown) => {
    if (isNews) throw error;
    return null;
  });
  if (!held) return [];
  // Another run may have told it meanwhile.
  const change = await changeOf(parts, alarm, troubles);
  const news = change ? [await notificationOf(parts, alarm, change, troubles, serving)] : [];
  // Not before it is in the outbox, where a run that is killed leaves it, and before it is told, so that nobody is told twice.
  const onEnlisted = async () => {
    if (change) await remember(parts, alarm, change);
  };
  return await notifierOf(parts).catchUp(news, { withinMs: config.notify.timeout, signal, onEnlisted });
}

async function changeOf(
  { states, clock }: Pick<AlarmParts, "states" | "clock">,
  alarm: AlarmName,
  troubles: readonly Trouble[],
): Promise<AlarmChange | null> {
  return alarmChange(
    await states.read(alarm),
    troubles.map(({ key }) => key),
    clock.now(),
  );
}

/** People are told all the same: rather at each run than never. */
async function remember(
  { states, say }: Pick<AlarmParts, "states" | "say">,
  alarm: AlarmName,
  { word, next }: AlarmChange,
): Promise<void> {
  await states.write(alarm, next).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
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
  alarm: AlarmName,
  change: AlarmChange,
  troubles: readonly Trouble[],
  serving: Serving | null | undefined,
) {
  const { formatInZone } = await import("@sluice/core/windows");
  const textOf = (moment: Date) => formatInZone(moment, config.windows.timezone);
  return alarmNotification(alarm, change, troubles, { stack, now: clock.now(), link, serving, textOf });
}
