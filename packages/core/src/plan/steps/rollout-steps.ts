import type { Config, RolloutStep } from "../../config/schema.ts";

const minute = 60_000;
/** Shares that a first step may have, the smallest first. */
const firstShares = [1, 5, 10, 25, 50] as const;
/** A first step is no smaller than what gives enough requests within this span. */
const wantedMs = 2 * minute;
const shortestMs = 30_000;
const longestMs = 10 * minute;

/**
 * The steps of a rollout: as configured, or chosen by the traffic.
 *
 * @param perMinute requests a minute that users made lately; `null` where nobody counted them
 */
export function rolloutSteps({ rollout, analysis }: Config, perMinute: number | null): readonly RolloutStep[] {
  if (rollout.steps !== "auto") return rollout.steps;
  return autoSteps(perMinute ?? 0, analysis.minRequests);
}

/**
 * Steps for a rate of requests. A share proves something only with enough requests, so it begins with the smallest one
 * that gets `enough` of them in two minutes: 1 % of many, half of few, and then for as long as it takes, ten minutes at
 * most. Fewer users of a busy site meet a bad version; a quiet one is not kept at a share that shows nothing.
 *
 * @param perMinute requests a minute, 0 where it is not known: as if there were few
 * @param enough requests of the candidate that a judgement needs
 */
export function autoSteps(perMinute: number, enough: number): readonly RolloutStep[] {
  const reaches = (share: number) => (share / 100) * perMinute * (wantedMs / minute) >= enough;
  const first = firstShares.find(reaches) ?? 50;
  const shares = first < 10 ? [first, first * 10, 100] : [first, ...(first < 50 ? [50] : []), 100];
  return shares.map((share) => ({
    share,
    for: share === 100 ? 0 : watchedMs((share / 100) * perMinute, enough),
    approval: false,
  }));
}

/** Milliseconds until a rate gives enough requests, within bounds. */
function watchedMs(perMinute: number, enough: number): number {
  const needed = perMinute > 0 ? Math.ceil((enough / perMinute) * 60) * 1_000 : longestMs;
  return Math.min(longestMs, Math.max(shortestMs, needed));
}
