import type { Counted } from "./statistics.ts";

/** How many times as often the sample may hit as the other, by what is asked; all weigh the same. */
const ratios = [1.25, 1.5, 2, 3, 5, 10, 30, 100, 1_000].map((ratio) => ({ more: ratio - 1, log: Math.log(ratio) }));
const logMost = Math.log(1e300);

/**
 * Evidence that `sample` hits more often than `other`: how many times likelier the hits are if it does than if both hit
 * alike. Where both hit alike, each hit is one of the sample's with the probability of its part of the tries, and the
 * likelihood ratio of any other division is a martingale. So the evidence of a window that fills reaches `1 / alpha` at *any*
 * of its looks with a probability of `alpha` at most (Ville's inequality): it may be looked at as often as one likes, and
 * nothing has to be split. `1 / evidence` is a p-value that holds at all looks together.
 *
 * The ratio is not known, so it is averaged over several (Robbins' mixture). Hits that are common to both, as when
 * something that both need is down, cancel out.
 *
 * @returns from 0 on; 1 tells nothing. At most 1e300
 */
export function evidenceOfMore(sample: Counted, other: Counted): number {
  const hits = sample.hits + other.hits;
  const tries = sample.n + other.n;
  if (hits === 0 || tries === 0) return 1;
  const part = sample.n / tries;
  // The sum of the likelihoods, as a multiple of the largest one so far: they may be beyond any number.
  let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const { more, log } of ratios) {
    const likelihood = sample.hits * log - hits * Math.log1p(part * more);
    sum = likelihood > largest ? sum * Math.exp(largest - likelihood) + 1 : sum + Math.exp(likelihood - largest);
    largest = Math.max(largest, likelihood);
  }
  return Math.exp(Math.min(largest + Math.log(sum / ratios.length), logMost));
}
