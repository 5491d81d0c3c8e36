import type { Check } from "../model/check.ts";
import type { ProbeTarget } from "../model/probe-target.ts";
import type { Verdict } from "../model/verdict.ts";

/** Runs one check to its verdict. Never throws for a failing check; only the signal's reason and bugs are thrown. */
export interface Prober {
  probe(check: Check, target: ProbeTarget, signal?: AbortSignal): Promise<Verdict>;
}
