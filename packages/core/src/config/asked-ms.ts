import type { Check } from "../model/check.ts";

/** Of each attempt, beside its own time: what the engine may take to run it, and the pause after it. */
const attemptMs = 16_000;

/** Milliseconds that checks may take by what they are given. They are asked at once, but loads one after the other once the others are over. */
export function askedMs(checks: readonly Check[]): number {
  const quiet = checks.filter(({ type }) => type !== "load").map(oneMs);
  const loads = checks.filter(({ type }) => type === "load").map(oneMs);
  return Math.max(0, ...quiet) + loads.reduce((sum, ms) => sum + ms, 0);
}

/** Before each attempt that fails, all but one of the successes that are wanted in a row. */
function oneMs({ timeoutMs, successes, retries }: Check): number {
  return successes * (retries + 1) * (timeoutMs + attemptMs);
}
