import type { ContainerUsage } from "@sluice/core";
import { theilSen } from "./theil-sen.ts";

/** How the memory of one container moves. Slopes in bytes a minute. */
export interface Growth {
  readonly slope: number;
  /** Surely at least this. */
  readonly lower: number;
  /** Of the second half of the span: a start that settles is flat there, a leak is not. */
  readonly recentSlope: number;
  /** Of the last five samples: what slows down is nearly flat there, a leak is not. */
  readonly lastSlope: number;
  /** The median of the last three samples, bytes. */
  readonly latest: number;
  readonly n: number;
}

/** Fewer samples say nothing, however long the span is. */
const minSamples = 8;
const lastSamples = 5;
/** Part of the window that samples must span: the first of a step that lasts as long comes a little late. */
const longEnough = 0.95;
/** The square of it is what a look costs. */
const maxSamples = 100;

/** Over the last `windowMs` of the newest start; `null` while there is less to see. */
export function growthOf(samples: readonly ContainerUsage[], windowMs: number): Growth | null {
  const last = samples.at(-1);
  if (!last) return null;
  const own = samples.filter(({ startedAt }) => startedAt === last.startedAt);
  const [first] = own;
  if (!first || last.at - first.at < windowMs * longEnough) return null;
  const within = own.filter(({ at }) => at >= last.at - windowMs);
  // Where looks take long, the span is longer instead.
  const points = thinned(within.length < minSamples ? own.slice(-minSamples) : within).map(({ at, memoryBytes }) => ({
    x: at / 60_000,
    y: memoryBytes,
  }));
  const whole = points.length >= minSamples ? theilSen(points) : null;
  const recent = whole ? theilSen(points.slice(Math.floor(points.length / 2))) : null;
  const newest = whole ? theilSen(points.slice(-lastSamples)) : null;
  if (!whole || !recent || !newest) return null;
  const [, latest = last.memoryBytes] = points
    .slice(-3)
    .map(({ y }) => y)
    .toSorted((a, b) => a - b);
  return { ...whole, recentSlope: recent.slope, lastSlope: newest.slope, latest, n: points.length };
}

function thinned<T>(values: readonly T[]): readonly T[] {
  const every = Math.ceil(values.length / maxSamples);
  return values.filter((_, index) => (values.length - 1 - index) % every === 0);
}
