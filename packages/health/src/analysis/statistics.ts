/** Natural logarithm of n!, by Stirling's series where it is exact to the last digits. */
function lnFactorial(n: number): number {
  if (n < 20) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const square = n * n;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}

const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);

/** Hits of some tries. */
export interface Counted {
  readonly hits: number;
  readonly n: number;
}

/**
 * One-sided exact test of Fisher: the probability of at least as many hits in `sample` when the hits of both were dealt
 * out by chance. Small when `sample` has more than its part; 1 where nothing can be told.
 */
export function fisherGreater(sample: Counted, other: Counted): number {
  const hits = sample.hits + other.hits;
  const first = Math.max(sample.hits, hits - other.n);
  const last = Math.min(sample.n, hits);
  let term = Math.exp(lnChoose(sample.n, first) + lnChoose(other.n, hits - first) - lnChoose(sample.n + other.n, hits));
  let sum = 0;
  for (let k = first; k <= last && term > sum * Number.EPSILON; k++) {
    sum += term;
    term *= ((sample.n - k) * (hits - k)) / ((k + 1) * (other.n - hits + k + 1));
  }
  return Math.min(1, sum);
}

/**
 * Bounds of a rate by Wilson's score, each one-sided at `alpha`. An empty sample bounds nothing.
 */
export function wilsonBounds({ hits, n }: Counted, alpha: number): { readonly lower: number; readonly upper: number } {
  if (n === 0) return { lower: 0, upper: 1 };
  const z = upperQuantile(alpha);
  const rate = hits / n;
  const centre = rate + (z * z) / (2 * n);
  const spread = z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { lower: Math.max(0, (centre - spread) / scale), upper: Math.min(1, (centre + spread) / scale) };
}

/** Finite numbers from the smallest to the largest, as {@link inOrder} gives them. */
export type InOrder = Float64Array;

/** What is no finite number has no place in an order, and is left out. */
export const inOrder = (sample: readonly number[]): InOrder =>
  Float64Array.from(sample.filter((value) => Number.isFinite(value))).sort();

/** The smallest value that at least the part `q` (0 to 1) of the sample does not exceed. `NaN` for an empty sample. */
export function quantile(sample: InOrder, q: number): number {
  return sample[Math.max(0, Math.ceil(q * sample.length) - 1)] ?? Number.NaN;
}

/**
 * One-sided rank test of Mann and Whitney with the correction for ties: the probability of ranks this high in `mine`
 * when both come from one distribution. Normal approximation: for 20 values each and more.
 */
export function rankGreater(mine: InOrder, theirs: InOrder): number {
  const [n, m] = [mine.length, theirs.length];
  if (n === 0 || m === 0) return 1;
  let wins = 0;
  let ties = 0;
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    const value = Math.min(mine[i] ?? Number.POSITIVE_INFINITY, theirs[j] ?? Number.POSITIVE_INFINITY);
    const [fromI, fromJ] = [i, j];
    while (i < n && mine[i] === value) i++;
    while (j < m && theirs[j] === value) j++;
    const [own, equal] = [i - fromI, j - fromJ];
    wins += own * (fromJ + equal / 2);
    ties += (own + equal) ** 3 - (own + equal);
  }
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  return upperTail((wins - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** Probability that a standard normal value exceeds `z`; relative error below 1.2e-7 (Chebyshev fit of erfc). */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = erfcFit.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const erfc = t * Math.exp(-x * x + fit);
  return z >= 0 ? erfc / 2 : 1 - erfc / 2;
}

const erfcFit = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
] as const;

/** The value that a standard normal one exceeds with probability `alpha` (below 0.5). */
function upperQuantile(alpha: number): number {
  // Within 4.5e-4 (Abramowitz and Stegun 26.2.23); Newton's steps double the digits.
  const t = Math.sqrt(-2 * Math.log(alpha));
  const fit = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  let z = t - fit;
  for (let step = 0; step < 2; step++) z += (upperTail(z) - alpha) / density(z);
  return z;
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
