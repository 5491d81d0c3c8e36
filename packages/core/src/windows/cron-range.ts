import { Cron } from "croner";
import { parseDuration } from "../config/duration.ts";

/** A span of local time that begins whenever a cron pattern matches. */
export interface CronRange {
  /** As it was written: `cron 0 9 1-7 * mon for 3h`. */
  readonly text: string;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** How long it is open, at most a day. */
  readonly minutes: number;
}

const written = /^cron +(?<cron>\S+ +\S+ +\S+ +\S+ +\S+) +for +(?<length>\S+)$/;
const dayMs = 86_400_000;
/** More openings a day are no windows, and would make the next change long to find. */
const mostADay = 24;
/** Any moment: what a pattern means does not depend on when it is read. */
const reference = new Date(Date.UTC(2024, 0, 1));

/**
 * Reads `cron 0 9 * * 1-5 for 4h`. A day of the month and one of the week must both match, so that `cron 0 9 1-7 * mon`
 * is the first Monday of the month. `undefined` for what is none, never matches, or matches more than 24 times a day.
 */
export function parseCronRange(text: string): CronRange | undefined {
  const { cron, length } = written.exec(text)?.groups ?? {};
  const minutes = (parseDuration(length ?? "") ?? 0) / 60_000;
  if (cron === undefined || !Number.isInteger(minutes) || minutes < 1 || minutes > 1_440) return undefined;
  try {
    const runs = scheduleOf(cron).nextRuns(mostADay + 1, reference);
    const [first] = runs;
    const last = runs[mostADay];
    if (!first || (last && last.getTime() - first.getTime() < dayMs)) return undefined;
    return { text, cron, minutes };
  } catch {
    return undefined;
  }
}

/** Whether a wall clock's time lies in the range. @param wallMs the wall clock's time, as if it were UTC, milliseconds */
export function isInCron(range: CronRange, wallMs: number): boolean {
  const start = nextStart(range, wallMs - range.minutes * 60_000);
  return start !== null && start <= wallMs;
}

/** When a range begins and ends that begins on a day, as `isInCron` takes it. @param midnightMs of the wall clock */
export function cronBoundaries(range: CronRange, midnightMs: number): readonly number[] {
  const found: number[] = [];
  for (let at = nextStart(range, midnightMs - 1); at !== null && at < midnightMs + dayMs; at = nextStart(range, at)) {
    found.push(at, at + range.minutes * 60_000);
  }
  return found;
}

interface Looked {
  readonly schedule: Cron;
  /** Nothing begins after this and before `next`. */
  after: number;
  next: number | null;
}

/** What was found last: a pattern that matches once a year is looked for once, and not for each day. */
const looked = new WeakMap<CronRange, Looked>();

/** The first start after a moment. Backwards, croner 10 throws where there was none since its first year. */
function nextStart(range: CronRange, afterMs: number): number | null {
  const known = looked.get(range);
  if (known && known.after <= afterMs && (known.next === null || afterMs < known.next)) return known.next;
  const schedule = known?.schedule ?? scheduleOf(range.cron);
  const next = schedule.nextRun(new Date(afterMs))?.getTime() ?? null;
  looked.set(range, { schedule, after: afterMs, next });
  return next;
}

/** On a clock of its own, as the caller says what the wall shows. Nothing is ever started by it. */
function scheduleOf(cron: string): Cron {
  return new Cron(cron, { mode: "5-part", timezone: "UTC", domAndDow: true });
}
