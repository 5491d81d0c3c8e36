import { type ContainerUsage, formatDuration, growthPart, growthSamples, type ResourcesCheck } from "@sluice/core";
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

/** What a collector does hides a leak in fewer: where the window holds fewer, those before it count too, once there are as many. */
const enoughSamples = 3 * growthSamples;
const lastSamples = 5;
/** The square of it is what a look costs. */
const maxSamples = 100;

/** Over the last `windowMs` of the newest start; `null` while there is less to see. @param wanted samples, where there are as many */
export function growthOf(
  samples: readonly ContainerUsage[],
  windowMs: number,
  wanted: number = enoughSamples,
): Growth | null {
  const last = samples.at(-1);
  if (!last) return null;
  const own = samples.filter(({ startedAt }) => startedAt === last.startedAt);
  const [first] = own;
  if (!first || last.at - first.at < windowMs * growthPart) return null;
  const within = own.filter(({ at }) => at >= last.at - windowMs);
  // Where looks take long, the span is longer instead. In between it would hold more of a start, and be hardly surer.
  const least = own.length < wanted ? growthSamples : wanted;
  const points = thinned(within.length < least ? own.slice(-least) : within).map(({ at, memoryBytes }) => ({
    x: at / 60_000,
    y: memoryBytes,
  }));
  const whole = points.length >= growthSamples ? theilSen(points) : null;
  const recent = whole ? theilSen(points.slice(Math.floor(points.length / 2))) : null;
  const newest = whole ? theilSen(points.slice(-lastSamples)) : null;
  if (!whole || !recent || !newest) return null;
  const [, latest = last.memoryBytes] = points
    .slice(-3)
    .map(({ y }) => y)
    .toSorted((a, b) => a - b);
  return { ...whole, recentSlope: recent.slope, lastSlope: newest.slope, latest, n: points.length };
}

/**
 * Whether what grew has come to rest: within `max` a minute in a second half of enough samples, and at its end. Of fewer that
 * may be what was just collected.
 */
export function hasSettled({ n, recentSlope, lastSlope }: Growth, max: number): boolean {
  return n >= 2 * growthSamples && recentSlope <= max && lastSlope <= max;
}

/** For people: how long growth cannot be told. */
export function growthNeeds({ intervalMs, growth: { windowMs } }: ResourcesCheck): string {
  const leastMs = (growthSamples - 1) * intervalMs;
  return leastMs > windowMs ? `${growthSamples} looks, about ${formatDuration(leastMs)}` : formatDuration(windowMs);
}

function thinned<T>(values: readonly T[]): readonly T[] {
  const every = Math.ceil(values.length / maxSamples);
  return values.filter((_, index) => (values.length - 1 - index) % every === 0);
}
