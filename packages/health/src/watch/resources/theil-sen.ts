export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Slope {
  /** The median of the slopes of all pairs: up to 29 % of wild points do not move it. */
  readonly slope: number;
  /** Sen's lower bound of the slope, one-sided at about 1 in 1,000. */
  readonly lower: number;
}

/** Standard deviations of Kendall's score that a slope must be away from chance. */
const deviations = 3.1;

/**
 * Slope by Theil and Sen: makes no assumption on how the points are scattered. Points of one `x` say nothing to each
 * other; `null` where no two differ in it. Time grows with the square of the number of points: some hundreds at most.
 */
export function theilSen(points: readonly Point[]): Slope | null {
  const slopes: number[] = [];
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) if (a.x !== b.x) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  if (slopes.length === 0) return null;
  const sorted = slopes.toSorted((a, b) => a - b);
  const n = points.length;
  const spread = deviations * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const rank = Math.floor((sorted.length - spread) / 2);
  const lower = rank < 0 ? Number.NEGATIVE_INFINITY : (sorted[rank] ?? Number.NEGATIVE_INFINITY);
  return { slope: median(sorted), lower };
}

/** Of sorted numbers. */
function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
