import { type ContainerUsage, growthSamples, type ResourcesCheck } from "@sluice/core";
import { growthOf } from "./growth.ts";

/**
 * What is killed takes requests with it, and looks of a busy machine are some seconds apart. Looking further finds a leak no
 * sooner (the fewest samples take longer at the usual interval), and condemns what settles below its limit: of simulated
 * versions that take up to 90 % of it within 25 s of a change of shares, 12 in 100 are taken for leaks, 20 with 8 s, 25 with
 * 10 s and from half of the limit on.
 */
const aheadMs = 5_000;
/** With less of its limit in use a container may well be on its way to what it needs. */
const nearPart = 2 / 3;

/**
 * Whether a container that surely grows will be above its limit before long, by the pace of its last samples: then it need
 * not be waited for. One that uses no more than the version before ever did is not meant.
 */
export function reachesLimit(
  { memory }: Pick<ResourcesCheck, "memory">,
  samples: readonly ContainerUsage[],
  previousBytes: number | null,
): boolean {
  const last = samples.at(-1);
  if (!last || last.memoryLimitBytes === null) return false;
  const { memoryBytes: used, memoryLimitBytes: limit } = last;
  if (used < limit * nearPart || (previousBytes !== null && used <= previousBytes)) return false;
  // Of the fewest samples that say something.
  const growth = growthOf(samples, 0, growthSamples);
  if (!growth || growth.lower <= 0) return false;
  return used + (growth.lastSlope * aheadMs) / 60_000 > (limit * memory.ofLimit) / 100;
}
