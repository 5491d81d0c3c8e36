import { formatDuration, type LoadCheck } from "@sluice/core";
import { inOrder, quantile } from "../analysis/statistics.ts";
import type { Attempt } from "../attempt.ts";

/** One request; the status is `null` where no whole answer came. */
export interface LoadAnswer {
  /** From when it was due, not from when it could be sent: who waits for a connection waits. Milliseconds. */
  readonly ms: number;
  readonly status: number | null;
}

const quantiles = [
  ["p50Ms", "p50", 0.5],
  ["p95Ms", "p95", 0.95],
  ["p99Ms", "p99", 0.99],
] as const;

type Limits = Pick<LoadCheck, "rate" | "expect">;

export function loadLimit({ rate, expect }: Limits): string {
  const times = quantiles.flatMap(([key, name]) => {
    const limit = expect[key];
    return limit === undefined ? [] : [`${name} <= ${formatDuration(limit)}`];
  });
  return [`${rate} requests/s`, `errors <= ${expect.errors} %`, ...times].join(", ");
}

/** Part of the asked rate that must have been sent: less says nothing of it. */
const leastSent = 0.9;

/**
 * Pure.
 *
 * @param sentMs from the first request to the last
 */
export function judgeLoad(check: Limits, answers: readonly LoadAnswer[], sentMs: number): Attempt {
  const { rate, expect } = check;
  const n = answers.length;
  if (n === 0) return { result: "inconclusive", value: "no request", n };
  const isGood = ({ status }: LoadAnswer) =>
    status !== null && (expect.status.length > 0 ? expect.status.includes(status) : status >= 200 && status < 400);
  const bad = answers.filter((answer) => !isGood(answer));
  const errors = (bad.length / n) * 100;
  const times = inOrder(answers.map(({ ms }) => ms));
  const shownTimes = quantiles.map(([, name, part]) => `${name} ${Math.round(quantile(times, part))} ms`);
  const sentRate = n / (Math.max(sentMs, 1) / 1_000 + 1 / rate);
  const value = [
    `${Number(sentRate.toPrecision(3))} requests/s`,
    `${Number(errors.toPrecision(2))} % errors`,
    ...shownTimes,
  ];
  const seen = { value: value.join(", "), n };
  if (errors > expect.errors) return { ...seen, result: "fail", detail: shownErrors(bad) };
  const isSlow = quantiles.some(([key, , part]) => quantile(times, part) > (expect[key] ?? Number.POSITIVE_INFINITY));
  if (isSlow) return { ...seen, result: "fail" };
  if (sentRate < rate * leastSent) {
    return {
      ...seen,
      result: "inconclusive",
      detail: `${rate} requests/s were asked for and could not be sent from here`,
    };
  }
  return { ...seen, result: "pass" };
}

function shownErrors(bad: readonly LoadAnswer[]): string {
  const counts = new Map<string, number>();
  for (const { status } of bad) {
    const what = status === null ? "no answer" : `status ${status}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(", ");
}
