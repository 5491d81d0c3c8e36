import type { Judge, JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import { fisherGreater, quantile, rankGreater, wilsonUpper } from "./statistics.ts";

/** Chance of throwing away a good release by errors, over all looks of one window. */
const errorAlpha = 0.01;
const latencyAlpha = 0.01;
/** Fewer errors than this prove nothing, whatever the rate. */
const fewestErrors = 3;
/** Errors without one success that need no statistics. */
const allFailing = 5;
const fewestLatencies = 100;

/**
 * The judgement of candidate against previous, from what users got since the share was last changed. Hard limits first;
 * then errors by an exact test whose risk is split over the looks, with a least effect; then latency by ranks and by the
 * ratio of the 95th percentiles, with a floor. Too little of either is `no-data`, never a silent pass.
 */
export const judge: Judge = (window) => [judgeErrors(window), judgeLatency(window)];

function judgeErrors({ candidate, previous, looks, settings }: JudgeWindow): Verdict {
  const { requests, errors } = candidate;
  const rate = requests > 0 ? (errors / requests) * 100 : 0;
  const base = { check: "errors", value: `${percent(rate)} errors`, n: requests };
  if (errors >= allFailing && errors >= requests) {
    return { ...base, result: "fail", limit: "some requests must succeed" };
  }
  const { max, maxIncrease } = settings.errors;
  if (max !== undefined && errors >= fewestErrors && rate > max && requests >= settings.minRequests) {
    return { ...base, result: "fail", limit: `<= ${percent(max)}` };
  }
  if (!previous) return judgeAlone(base, candidate, settings.errors.max ?? 50, settings.minRequests);
  const previousRate = previous.requests > 0 ? (previous.errors / previous.requests) * 100 : 0;
  const limit = `<= ${percent(previousRate + maxIncrease)} (previous ${percent(previousRate)}, n=${previous.requests})`;
  const perRequest = fisherGreater(errors, requests, previous.errors, previous.requests);
  // One client in a bad hour is not many: where clients are told apart, they must disagree with chance as well.
  const perClient = fisherGreater(
    candidate.clientsWithErrors,
    candidate.clients,
    previous.clientsWithErrors,
    previous.clients,
  );
  const p = candidate.clients >= 10 ? Math.max(perRequest, Math.min(1, perClient / 5)) : perRequest;
  if (errors >= fewestErrors && rate - previousRate >= maxIncrease && p < errorAlpha / looks) {
    return { ...base, result: "fail", limit, p };
  }
  if (requests < settings.minRequests) return { ...base, result: "no-data", limit, p, detail: boundOf(candidate) };
  return { ...base, result: "pass", limit, p };
}

/** Without users on the previous there is nothing to compare with but an absolute limit. */
function judgeAlone(
  base: Omit<Verdict, "result" | "limit">,
  candidate: SlotWindow,
  max: number,
  minRequests: number,
): Verdict {
  const { requests, errors } = candidate;
  const limit = `<= ${percent(max)}`;
  if (errors >= fewestErrors && (errors / requests) * 100 > max) return { ...base, result: "fail", limit };
  if (requests < minRequests) return { ...base, result: "no-data", limit, detail: boundOf(candidate) };
  return { ...base, result: "pass", limit };
}

function judgeLatency({ candidate, previous, looks, settings }: JudgeWindow): Verdict {
  const mine = candidate.latenciesMs;
  const theirs = previous?.latenciesMs ?? [];
  const { maxRatio, floor } = settings.latency;
  const p95 = quantile(mine, 0.95);
  const base = {
    check: "latency",
    value: mine.length > 0 ? `p95 ${Math.round(p95)} ms` : "no requests",
    n: mine.length,
  };
  if (mine.length < fewestLatencies || theirs.length < fewestLatencies) {
    return {
      ...base,
      result: "no-data",
      limit: `<= ${maxRatio} x previous`,
      detail: `${fewestLatencies} requests of each are needed`,
    };
  }
  const previousP95 = quantile(theirs, 0.95);
  const limitMs = Math.max(previousP95 * maxRatio, floor);
  const p = rankGreater(mine, theirs);
  const limit = `<= ${Math.round(limitMs)} ms (previous p95 ${Math.round(previousP95)} ms, n=${theirs.length})`;
  return { ...base, limit, p, result: p95 > limitMs && p < latencyAlpha / looks ? "fail" : "pass" };
}

function boundOf({ errors, requests }: SlotWindow): string {
  return `with n=${requests} the rate may be up to ${percent(wilsonUpper(errors, requests) * 100)}`;
}

const percent = (value: number): string => `${Number(value.toFixed(2))} %`;
