import type { JudgeWindow, Verdict } from "@sluice/core";
import { fisherGreater, type InOrder, inOrder, quantile, rankGreater } from "./statistics.ts";

/** Risk to throw a good release away for its latency, over all looks of a window and both tests. */
const alpha = 0.002;
const fewest = 100;

/**
 * Slow is a candidate whose 95th percentile is beyond the limit, and for which chance is ruled out by one of two tests:
 * of ranks (all requests are slower), or of the part of requests beyond the limit (some are much slower).
 */
export function judgeLatency({ candidate, previous, looks, services = 1, settings }: JudgeWindow): Verdict {
  const { maxRatio, floor } = settings.latency;
  const mine = inOrder(candidate.latenciesMs);
  const theirs = inOrder(previous?.latenciesMs ?? []);
  const p95 = quantile(mine, 0.95);
  const value = mine.length > 0 ? `p95 ${Math.round(p95)} ms` : "no requests";
  const measured = {
    unit: "ms" as const,
    candidate: p95,
    previous: theirs.length > 0 ? quantile(theirs, 0.95) : null,
  };
  const base = { check: "latency", value, n: mine.length, ...(mine.length > 0 ? { measured } : {}) };
  if (mine.length < fewest || theirs.length < fewest) {
    const detail = `${fewest} requests of each are needed, the previous had ${theirs.length}`;
    return { ...base, result: "no-data", limit: `p95 <= ${maxRatio} x previous`, detail };
  }
  const previousP95 = quantile(theirs, 0.95);
  const limitMs = Math.max(previousP95 * maxRatio, floor);
  const slow = (sample: InOrder) => ({ hits: sample.filter((ms) => ms > limitMs).length, n: sample.length });
  const p = Math.min(1, 2 * Math.min(rankGreater(mine, theirs), fisherGreater(slow(mine), slow(theirs))));
  const isSlow = p95 > limitMs && p < alpha / (Math.max(1, looks) * Math.max(1, services));
  const limit = `p95 <= ${Math.round(limitMs)} ms (previous p95 ${Math.round(previousP95)} ms, n=${theirs.length})`;
  return { ...base, limit, p, result: isSlow ? "fail" : "pass" };
}
