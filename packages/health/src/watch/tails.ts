/**
 * Probability of at least `hits` of `n` where each is one by chance with probability `q`; 1 where there are no more than
 * expected.
 */
export function binomialTail(hits: number, n: number, q: number): number {
  if (hits <= n * q) return 1;
  if (q <= 0 || hits > n) return 0;
  let logTerm = (n - hits) * Math.log1p(-q);
  for (let i = 1; i <= hits; i++) logTerm += Math.log((q * (n - hits + i)) / i);
  const odds = q / (1 - q);
  return sumFalling(Math.exp(logTerm), (k) => ((n - k) / (k + 1)) * odds, hits, n);
}

/** Probability of at least `hits` where `mean` are expected; 1 where there are no more than that. */
export function poissonTail(hits: number, mean: number): number {
  if (hits <= mean) return 1;
  if (mean <= 0) return 0;
  let logTerm = -mean;
  for (let i = 1; i <= hits; i++) logTerm += Math.log(mean / i);
  return sumFalling(Math.exp(logTerm), (k) => mean / (k + 1), hits, Number.POSITIVE_INFINITY);
}

/** Above the mean every term is smaller than the one before: what is left soon adds nothing. */
function sumFalling(first: number, factor: (k: number) => number, from: number, to: number): number {
  let term = first;
  let sum = 0;
  for (let k = from; k <= to && term > sum * Number.EPSILON; k++) {
    sum += term;
    term *= factor(k);
  }
  return Math.min(1, sum);
}
