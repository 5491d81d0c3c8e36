import { Temporal } from "temporal-polyfill";
import type { TrafficCount } from "../model/traffic-count.ts";

/** A span of some hours, and how many users it has met. */
export interface QuietSpan {
  /** As `windows.open` takes it: `tue 04:00-06:00`. */
  readonly text: string;
  /** Requests a minute, of all doors together. */
  readonly perMinute: number;
}

export interface WindowSuggestions {
  readonly timezone: string;
  /** Hours of the week (or of the day, while there is no week of counts) that have enough counts to be judged. */
  readonly knownHours: number;
  readonly ofHours: 24 | 168;
  /** Requests a minute over all that is known; `null` where nothing is. */
  readonly perMinute: number | null;
  /** The quietest first. */
  readonly anytime: readonly QuietSpan[];
  /** Of them, those in which people are at work: Monday to Friday, 08:00 to 18:00. */
  readonly atWork: readonly QuietSpan[];
}

export interface SuggestOptions {
  readonly timezone: string;
  /** Of a span. */
  readonly hours: number;
}

/** Two counts that lie further apart say too little about one hour, milliseconds. */
const longestGapMs = 3 * 3_600_000;
/** An hour with fewer minutes counted is not judged. */
const leastMinutes = 20;
const mostSpans = 5;
const week = 168;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

interface Bucket {
  requests: number;
  minutes: number;
}

/**
 * When there are few users, by what doors counted: what came between two counts of one door is spread over the time
 * between them. While less than half of a week is known, all days count as one. Pure.
 *
 * @param counts oldest first, as `TrafficCounts.recent` gives them
 */
export function suggestWindows(
  counts: readonly TrafficCount[],
  { timezone, hours }: SuggestOptions,
): WindowSuggestions {
  const weekly = ratesOf(counts, timezone, (at) => (at.dayOfWeek - 1) * 24 + at.hour, week);
  const isWeekly = weekly.filter((rate) => rate !== null).length >= week / 2;
  const rates = isWeekly ? weekly : ratesOf(counts, timezone, (at) => at.hour, 24);
  const known = rates.filter((rate) => rate !== null);
  const spans = quietSpans(rates, hours);
  return {
    timezone,
    knownHours: known.length,
    ofHours: isWeekly ? week : 24,
    perMinute: known.length > 0 ? mean(known) : null,
    anytime: chosen(spans, hours, rates.length),
    atWork: chosen(
      spans.filter(({ from }) => isAtWork(from, hours, isWeekly)),
      hours,
      rates.length,
    ),
  };
}

/** Requests a minute by hour; `null` where too little was counted. */
function ratesOf(
  counts: readonly TrafficCount[],
  timezone: string,
  bucketOf: (at: Temporal.ZonedDateTime) => number,
  size: number,
): readonly (number | null)[] {
  const services = [...new Set(counts.map(({ service }) => service))];
  const byService = services.map((name) => {
    const mine = counts.filter(({ service }) => service === name);
    const buckets = Array.from({ length: size }, (): Bucket => ({ requests: 0, minutes: 0 }));
    for (const [index, count] of mine.entries()) {
      const before = mine[index - 1];
      if (before) spread(buckets, before, count, timezone, bucketOf);
    }
    return buckets;
  });
  return Array.from({ length: size }, (_, hour) => {
    const found = byService.flatMap((buckets) => buckets[hour] ?? []).filter(({ minutes }) => minutes >= leastMinutes);
    if (found.length === 0) return null;
    return found.reduce((sum, { requests, minutes }) => sum + requests / minutes, 0);
  });
}

function spread(
  buckets: readonly Bucket[],
  before: TrafficCount,
  count: TrafficCount,
  timezone: string,
  bucketOf: (at: Temporal.ZonedDateTime) => number,
): void {
  const end = Date.parse(count.at);
  const begin = Date.parse(before.at);
  const requests = count.requests - before.requests;
  const isOne = before.epoch === count.epoch && requests >= 0;
  if (!isOne || end <= begin || end - begin > longestGapMs) return;
  for (let at = begin; at < end; ) {
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
    // Zones differ by quarters of an hour too: the next full hour is one on the wall.
    const untilFull = 3_600_000 - (local.minute * 60_000 + local.second * 1_000 + local.millisecond);
    const next = Math.min(end, at + untilFull);
    const bucket = buckets[bucketOf(local)];
    if (bucket) {
      bucket.minutes += (next - at) / 60_000;
      bucket.requests += (requests * (next - at)) / (end - begin);
    }
    at = next;
  }
}

interface Span {
  readonly from: number;
  readonly perMinute: number;
}

/** Every span of which each hour is known, the quietest first. */
function quietSpans(rates: readonly (number | null)[], hours: number): readonly Span[] {
  return rates
    .flatMap((_, from): readonly Span[] => {
      const mine = Array.from({ length: hours }, (__, hour) => rates[(from + hour) % rates.length] ?? null);
      const known = mine.filter((rate) => rate !== null);
      return known.length === hours ? [{ from, perMinute: mean(known) }] : [];
    })
    .toSorted((a, b) => a.perMinute - b.perMinute || a.from - b.from);
}

/** The first ones that do not overlap. */
function chosen(spans: readonly Span[], hours: number, size: number): readonly QuietSpan[] {
  const taken: Span[] = [];
  for (const span of spans) {
    const overlaps = taken.some(({ from }) => {
      const apart = Math.abs(from - span.from);
      return Math.min(apart, size - apart) < hours;
    });
    if (!overlaps) taken.push(span);
    if (taken.length === mostSpans) break;
  }
  return taken.map(({ from, perMinute }) => ({ text: spanText(from, hours, size === week), perMinute }));
}

function isAtWork(from: number, hours: number, isWeekly: boolean): boolean {
  const hour = from % 24;
  return hour >= 8 && hour + hours <= 18 && (!isWeekly || from < 5 * 24);
}

function spanText(from: number, hours: number, isWeekly: boolean): string {
  const hour = from % 24;
  const until = (hour + hours) % 24 || 24;
  const clock = (value: number) => `${String(value).padStart(2, "0")}:00`;
  const day = isWeekly ? (days[Math.floor(from / 24)] ?? "daily") : "daily";
  return `${day} ${clock(hour)}-${clock(until)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
