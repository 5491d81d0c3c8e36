import { formatDuration, type LogsCheck } from "@sluice/core";
import type { Sight } from "../sight.ts";
import { binomialTail, poissonTail } from "../tails.ts";

/** Lines that match, of one version over one span. */
export interface LogCount {
  readonly lines: number;
  readonly seconds: number;
  /** Percent of the users that the version had meanwhile. */
  readonly share: number;
}

export interface LogsSeen {
  readonly candidate: LogCount;
  /** Spans of the version before. */
  readonly previous: readonly LogCount[];
  /** The first line that must never be. */
  readonly forbidden: string | null;
  /** Some of the lines, for people. */
  readonly examples: readonly string[];
  readonly looks: number;
}

/** Chance of a false alarm of one version under watch, split over its looks. */
const risk = 0.01;

export function logsLimit({ maxRatio, maxPerMinute, never }: LogsCheck): string {
  const parts = [`${maxRatio} times the rate of the version before`];
  if (maxPerMinute !== undefined) parts.push(`${maxPerMinute} a minute`);
  if (never.length > 0) parts.push("none that must never be");
  return `at most ${parts.join(", ")}`;
}

/**
 * Judges by what the version before wrote. Some lines come with requests and some with time, and nothing tells which: the
 * version before is taken by share or by time, whichever excuses more. The rise must be more than `maxRatio` against each
 * span, and more than chance against all.
 */
export function judgeLogs(check: LogsCheck, { candidate, previous, forbidden, examples, looks }: LogsSeen): Sight {
  const { lines, seconds } = candidate;
  const rate = perMinute(lines, seconds);
  const alpha = risk / Math.max(1, looks);
  const detail = examples.length > 0 ? examples.join("\n") : undefined;
  const seen = { value: `${shown(rate)} a minute in ${formatDuration(seconds * 1_000)}`, n: lines, detail };
  if (forbidden !== null) {
    return { ...seen, result: "fail", value: "a line that must never be", limit: "none", n: 1, detail: forbidden };
  }
  const { maxPerMinute, maxRatio, minLines } = check;
  const isEnough = lines >= minLines;
  if (isEnough && maxPerMinute !== undefined) {
    const p = poissonTail(lines, (maxPerMinute * seconds) / 60);
    if (p < alpha) return { ...seen, result: "fail", limit: `at most ${maxPerMinute} a minute`, p };
  }
  const spans = previous
    .map((span) => ({ lines: span.lines, seconds: comparableSeconds(span, candidate.share) }))
    .filter((span) => span.seconds >= 1);
  if (spans.length === 0) {
    if (!isEnough || maxPerMinute !== undefined) return { ...seen, result: "pass", limit: logsLimit(check) };
    return { ...seen, result: "no-data", limit: logsLimit(check), value: `${seen.value}, nothing to compare with` };
  }
  const before = { lines: sum(spans, (span) => span.lines), seconds: sum(spans, (span) => span.seconds) };
  const limit = `at most ${maxRatio} times ${shown(perMinute(before.lines, before.seconds))} a minute before`;
  const isMore = spans.every((span) => rate > maxRatio * perMinute(span.lines, span.seconds));
  if (!isEnough || !isMore) return { ...seen, result: "pass", limit };
  const p = binomialTail(lines, lines + before.lines, seconds / (seconds + before.seconds));
  return { ...seen, result: p < alpha ? "fail" : "pass", limit, p };
}

/** A span in which fewer users were there than the candidate has counts for less of its time, never for more. */
function comparableSeconds({ seconds, share }: LogCount, candidateShare: number): number {
  return candidateShare <= 0 ? seconds : seconds * Math.min(1, share / candidateShare);
}

function perMinute(lines: number, seconds: number): number {
  return seconds > 0 ? (lines / seconds) * 60 : 0;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

const shown = (rate: number) => String(Number(rate.toPrecision(2)));
