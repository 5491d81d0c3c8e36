const lnFactorials: number[] = [0];

function lnFactorial(n: number): number {
  for (let k = lnFactorials.length; k <= n; k++) lnFactorials.push((lnFactorials[k - 1] ?? 0) + Math.log(k));
  return lnFactorials[n] ?? 0;
}

const lnChoose = (n: number, k: number): number => lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);

/**
 * One-sided exact test of Fisher: the probability of at least `hits` of `n` when the hits of both groups were dealt out
 * by chance. Small when the first group has more than its part.
 */
export function fisherGreater(hits: number, n: number, otherHits: number, otherN: number): number {
  const total = hits + otherHits;
  const most = Math.min(n, total);
  const all = lnChoose(n + otherN, total);
  let sum = 0;
  for (let k = hits; k <= most; k++) {
    if (total - k > otherN) continue;
    sum += Math.exp(lnChoose(n, k) + lnChoose(otherN, total - k) - all);
  }
  return Math.min(1, sum);
}

/** Upper bound of a rate, one-sided, by Wilson; `z` 1.645 is 95 %. 1 for an empty sample. */
export function wilsonUpper(hits: number, n: number, z = 1.645): number {
  if (n === 0) return 1;
  const rate = hits / n;
  const centre = rate + (z * z) / (2 * n);
  const spread = z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  return Math.min(1, (centre + spread) / (1 + (z * z) / n));
}

/** The value below which `q` (0 to 1) of the sample lies, by nearest rank. `NaN` for an empty sample. */
export function quantile(sample: readonly number[], q: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * One-sided rank test of Mann and Whitney with the correction for ties: the probability of ranks this high in `sample`
 * when both come from the same distribution. Normal approximation; use it from about 20 values each.
 */
export function rankGreater(sample: readonly number[], other: readonly number[]): number {
  const n = sample.length;
  const m = other.length;
  if (n === 0 || m === 0) return 1;
  const all = [
    ...sample.map((value) => ({ value, mine: true })),
    ...other.map((value) => ({ value, mine: false })),
  ].toSorted((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let begin = 0; begin < all.length; ) {
    let end = begin;
    while (end < all.length && all[end]?.value === all[begin]?.value) end++;
    const size = end - begin;
    const rank = (begin + 1 + end) / 2;
    for (let index = begin; index < end; index++) if (all[index]?.mine) rankSum += rank;
    ties += size ** 3 - size;
    begin = end;
  }
  const total = n + m;
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  return 1 - normalCdf((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8. */
function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  const t = 1 / (1 + 0.231_641_9 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const tail =
    density *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return 1 - tail;
}
