import type { Check, Prober, ProbeTarget, Verdict } from "@sluice/core";

export interface ProbeAllOptions {
  /** How many checks run at once; default 4. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Verdicts of all checks, in their order. @throws the signal's reason */
export async function probeAll(
  prober: Prober,
  checks: readonly Check[],
  target: ProbeTarget,
  { concurrency = 4, signal }: ProbeAllOptions = {},
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = checks.entries();
  const lane = async () => {
    for (const [index, check] of queue) verdicts[index] = await prober.probe(check, target, signal);
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, lane));
  return verdicts;
}
