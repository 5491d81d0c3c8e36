import type { Alarm, Serving, Told } from "@sluice/core";
import type { Notification } from "@sluice/notify";
import type { AlarmChange } from "./alarm-change.ts";
import type { Trouble } from "./trouble.ts";

/** What is looked after between deployments: checks of what serves, backups, and drills, which prove one. Each fails by itself. */
export const alarmNames = ["checks", "backup", "drill"] as const;
export type AlarmName = (typeof alarmNames)[number];

/** What a channel asks for to be told of it. */
export const alarmOf: Readonly<Record<AlarmName, Alarm>> = {
  checks: "checks-failed",
  backup: "backup-failed",
  drill: "backup-failed",
};

const words: Readonly<Record<Alarm, Readonly<Record<AlarmChange["word"], Told>>>> = {
  "checks-failed": { raised: "checks-failed", ended: "checks-mended" },
  "backup-failed": { raised: "backup-failed", ended: "backup-mended" },
};

/** Of more than that people read the rest where it was found. */
const namedTroubles = 5;
const longestText = 300;

interface AlarmFacts {
  readonly stack: string;
  readonly now: Date;
  readonly link: string | undefined;
  /** Left out where it could not be seen, or is of no interest. */
  readonly serving?: Serving | null | undefined;
  /** A moment as people there say it. */
  readonly textOf: (moment: Date) => string;
}

/** What people are told of an alarm. Pure. */
export function alarmNotification(
  alarm: AlarmName,
  { word, since }: Pick<AlarmChange, "word" | "since">,
  troubles: readonly Trouble[],
  { stack, now, link, serving, textOf }: AlarmFacts,
): Notification {
  const began = new Date(since);
  const hint = troubles.find((trouble) => trouble.hint)?.hint;
  return {
    id: `alarm.${alarm}.${word}.${now.toISOString()}`,
    stack,
    outcome: words[alarmOf[alarm]][word],
    kind: alarm,
    release: serving?.tag ?? "",
    ...(serving === undefined ? {} : { serving }),
    actor: "",
    reason: "",
    at: now.toISOString(),
    since: { at: since, text: textOf(began) },
    ...(word === "ended" ? { durationMs: Math.max(0, now.getTime() - began.getTime()) } : { cause: causeOf(troubles) }),
    ...(hint ? { next: hint } : {}),
    ...(link ? { link } : {}),
  };
}

function causeOf(troubles: readonly Trouble[]): string {
  const named = troubles.slice(0, namedTroubles).map(({ text }) => shortened(text));
  const more = troubles.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= longestText ? text : `${characters.slice(0, longestText - 1).join("")}…`;
}
