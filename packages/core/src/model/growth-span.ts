import type { ResourcesCheck } from "./watched-check.ts";

/** Fewer samples say nothing of growth, however long the span is. */
export const growthSamples = 8;
/** Part of the window that samples must span: the first of a step that lasts as long comes a little late. */
export const growthPart = 0.95;

/** Whether a span of watching can ever tell how memory grows. Pure. */
export function canJudgeGrowth(
  { intervalMs, growth }: Pick<ResourcesCheck, "intervalMs" | "growth">,
  ms: number,
): boolean {
  // One look more when it begins, and one when it ends.
  return ms >= growth.windowMs * growthPart && Math.floor(ms / intervalMs) + 2 >= growthSamples;
}
