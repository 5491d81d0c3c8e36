import type { Kept } from "../kept.ts";
import type { KillResult } from "./observe-kill.ts";

/**
 * Names of what is to be tried: what never was, and then what failed when it was tried last. In this order, as a long
 * run is made of short ones, which a case that keeps failing must not keep from coming to an end.
 */
export function namesToTry(names: readonly string[], kept: Kept): readonly string[] {
  const failed = names.filter((name) => isFailed(kept.get(name)));
  return [...names.filter((name) => !kept.has(name)), ...failed];
}

/** The last result of each that has one, those of earlier runs among them. */
export function resultsOf(names: readonly string[], kept: Kept): readonly KillResult[] {
  return names.flatMap((name) => (kept.has(name) ? [kept.get(name) as KillResult] : []));
}

export function isFailed(result: unknown): boolean {
  return ((result as KillResult | undefined)?.problems.length ?? 0) > 0;
}
