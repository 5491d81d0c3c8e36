import type { Check } from "../model/check.ts";
import type { ProbeTarget } from "../model/probe-target.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Prober } from "./prober.ts";

/** Verdicts in the order of the checks, which run at once; those that put load on the release come last, one by one. */
export async function probeEach(
  prober: Prober,
  checks: readonly Check[],
  target: ProbeTarget,
  signal?: AbortSignal,
): Promise<readonly Verdict[]> {
  const quiet = checks.filter(({ type }) => type !== "load");
  const probed = await Promise.all(
    quiet.map(async (check) => [check, await prober.probe(check, target, signal)] as const),
  );
  const verdicts = new Map<Check, Verdict>(probed);
  for (const check of checks) {
    if (check.type === "load") verdicts.set(check, await prober.probe(check, target, signal));
  }
  return checks.flatMap((check) => verdicts.get(check) ?? []);
}
