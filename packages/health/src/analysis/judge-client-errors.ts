import type { JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import { percent } from "./judge-errors.ts";
import { fisherGreater } from "./statistics.ts";

const alpha = 0.01;
/** Percentage points. */
const leastIncrease = 5;

/**
 * 4xx answers are often right, and one crawler makes many: they roll nothing back. A rise that stands out is shown, as it
 * may be a login or a route that broke.
 */
export function judgeClientErrors({ candidate, previous, looks, services = 1 }: JudgeWindow): readonly Verdict[] {
  if (!previous || previous.requests === 0 || candidate.requests === 0) return [];
  const [rate, before] = [rateOf(candidate), rateOf(previous)];
  if (rate - before < leastIncrease) return [];
  const p = fisherGreater(counted(candidate), counted(previous));
  if (p >= alpha / (Math.max(1, looks) * Math.max(1, services))) return [];
  return [
    {
      check: "4xx answers",
      result: "no-data",
      value: percent(rate),
      limit: `<= ${percent(before + leastIncrease)} (previous ${percent(before)}, n=${previous.requests})`,
      n: candidate.requests,
      p,
      detail: "no reason to roll back by itself: see whether a route or the login broke",
    },
  ];
}

const counted = ({ http4xx, requests }: SlotWindow) => ({ hits: Math.min(http4xx, requests), n: requests });
const rateOf = ({ http4xx, requests }: SlotWindow): number => (http4xx / requests) * 100;
