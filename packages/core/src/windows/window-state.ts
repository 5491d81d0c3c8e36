import { Temporal } from "temporal-polyfill";
import { isAlwaysOpen } from "./always-open.ts";
import { cronBoundaries, isInCron } from "./cron-range.ts";
import { formatInZone } from "./format-in-zone.ts";
import { isInRange } from "./open-range.ts";
import type { Freeze, Windows } from "./window-schema.ts";

/** Openings further ahead than this are not looked for. */
const horizonDays = 400;

/** Whether deployments may begin at a moment, why not, and when that changes. */
export interface WindowState {
  readonly open: boolean;
  readonly timezone: string;
  /** Why it is closed or open, for people. */
  readonly reason: string;
  /** The freeze in force. */
  readonly freeze: Freeze | null;
  /** When it opens next, for what is closed; `null` when open, or when it does not within 400 days. */
  readonly nextOpening: Date | null;
  /** When it closes next, for what is open; `null` when closed, or when it does not within 400 days. */
  readonly closes: Date | null;
}

/** The state of the windows at a moment. Without windows, holidays and freezes it is always open. */
export function windowState(windows: Windows, at: Date): WindowState {
  const moment = Temporal.Instant.fromEpochMilliseconds(at.getTime());
  const local = moment.toZonedDateTimeISO(windows.timezone);
  const open = isOpenAt(windows, local);
  const change = isAlwaysOpen(windows) ? null : toDate(nextChange(windows, local, !open));
  return {
    open,
    timezone: windows.timezone,
    reason: reasonOf(windows, local, open),
    freeze: freezeAt(windows, local),
    nextOpening: open ? null : change,
    closes: open ? change : null,
  };
}

/**
 * Open is what the clock on the wall says: a minute that comes twice when summer time ends is open both times, one that
 * is skipped when it begins is not there.
 */
function isOpenAt(windows: Windows, local: Temporal.ZonedDateTime): boolean {
  if (freezeAt(windows, local) || isHoliday(windows, local)) return false;
  const minute = local.hour * 60 + local.minute;
  if (windows.open.length === 0) return true;
  return windows.open.some((range) =>
    "cron" in range ? isInCron(range, wallMs(local.toPlainDateTime())) : isInRange(range, local.dayOfWeek, minute),
  );
}

function isHoliday({ holidays }: Windows, local: Temporal.ZonedDateTime): boolean {
  return holidays.includes(local.toPlainDate().toString());
}

function freezeAt({ freezes }: Windows, local: Temporal.ZonedDateTime): Freeze | null {
  const isIn = (freeze: Freeze) => {
    const { from, until } = spanOf(freeze, local.timeZoneId);
    return isNotBefore(local, from) && !isNotBefore(local, until);
  };
  return freezes.find(isIn) ?? null;
}

interface Span {
  readonly from: Temporal.ZonedDateTime;
  /** Exclusive. */
  readonly until: Temporal.ZonedDateTime;
}

/** A bare date as an end includes that day. */
function spanOf({ from, until }: Freeze, timezone: string): Span {
  const end = until.includes("T")
    ? Temporal.PlainDateTime.from(until).toZonedDateTime(timezone)
    : Temporal.PlainDate.from(until).add({ days: 1 }).toZonedDateTime(timezone);
  const begin = from.includes("T")
    ? Temporal.PlainDateTime.from(from).toZonedDateTime(timezone)
    : Temporal.PlainDate.from(from).toZonedDateTime(timezone);
  return { from: begin, until: end };
}

function reasonOf(windows: Windows, local: Temporal.ZonedDateTime, open: boolean): string {
  const { timezone } = windows;
  const freeze = freezeAt(windows, local);
  if (freeze) {
    const { until } = spanOf(freeze, timezone);
    return `frozen until ${formatInZone(new Date(until.epochMilliseconds), timezone)}: ${freeze.reason}`;
  }
  if (isHoliday(windows, local)) return `${local.toPlainDate().toString()} is a holiday`;
  if (windows.open.length === 0) return "no window is configured";
  const ranges = windows.open.map(({ text }) => text).join("; ");
  return `${open ? "inside" : "outside"} the window ${ranges} (${timezone})`;
}

/** The first moment from `local` on at which it is open, or closed; only at boundaries can that change. */
function nextChange(windows: Windows, local: Temporal.ZonedDateTime, wanted: boolean): Temporal.ZonedDateTime | null {
  const freezes = windows.freezes.flatMap((freeze) => {
    const { from, until } = spanOf(freeze, windows.timezone);
    return [from, until];
  });
  const ahead = [...freezes, ...clockChanges(local)];
  for (let day = 0; day <= horizonDays; day++) {
    const date = local.toPlainDate().add({ days: day });
    const end = date.add({ days: 1 }).toZonedDateTime(windows.timezone);
    // A boundary of the day before can lie in this one, where the clock is set back over midnight.
    const candidates = [...boundariesOf(windows, date.subtract({ days: 1 })), ...boundariesOf(windows, date), ...ahead]
      .filter((at) => isNotBefore(at, local) && !isNotBefore(at, end))
      .toSorted((a, b) => Temporal.ZonedDateTime.compare(a, b));
    const found = candidates.find((at) => isOpenAt(windows, at) === wanted);
    if (found) return found;
  }
  return null;
}

function boundariesOf({ open, timezone }: Windows, date: Temporal.PlainDate): readonly Temporal.ZonedDateTime[] {
  const minutes = new Set(open.flatMap((range) => ("cron" in range ? [] : [range.from, range.until])));
  const midnight = date.toPlainDateTime();
  const weekly = [...minutes].filter((minute) => minute !== 1_440).map((minute) => midnight.add({ minutes: minute }));
  const byCron = open.flatMap((range) => ("cron" in range ? cronBoundaries(range, wallMs(midnight)) : []));
  return [
    date.toZonedDateTime(timezone),
    ...[...weekly, ...byCron.map(onTheWall)].flatMap((at) => [
      at.toZonedDateTime(timezone, { disambiguation: "earlier" }),
      at.toZonedDateTime(timezone, { disambiguation: "later" }),
    ]),
  ];
}

/** What the clock on the wall shows, as if it were UTC. */
function wallMs(at: Temporal.PlainDateTime): number {
  return at.toZonedDateTime("UTC").epochMilliseconds;
}

function onTheWall(ms: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO("UTC").toPlainDateTime();
}

/** When the clock is changed within the horizon. */
function clockChanges(local: Temporal.ZonedDateTime): readonly Temporal.ZonedDateTime[] {
  const end = local.add({ days: horizonDays + 1 });
  const changes: Temporal.ZonedDateTime[] = [];
  for (let at = local.getTimeZoneTransition("next"); at && !isNotBefore(at, end); ) {
    changes.push(at);
    at = at.getTimeZoneTransition("next");
  }
  return changes;
}

function isNotBefore(a: Temporal.ZonedDateTime, b: Temporal.ZonedDateTime): boolean {
  return Temporal.ZonedDateTime.compare(a, b) >= 0;
}

function toDate(at: Temporal.ZonedDateTime | null): Date | null {
  return at && new Date(at.epochMilliseconds);
}
