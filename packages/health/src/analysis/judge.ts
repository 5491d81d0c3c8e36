import type { Judge } from "@sluice/core";
import { judgeClientErrors } from "./judge-client-errors.ts";
import { judgeErrors } from "./judge-errors.ts";
import { judgeLatency } from "./judge-latency.ts";

/**
 * The judgement of candidate against previous, from what users got since the share was last changed: errors, then
 * latency, then, only where it stands out, 4xx answers. Hard limits come first. A statistic fails a release only together with a
 * least effect, and its risk is split over the looks. Too little to judge is `no-data`, never a silent pass.
 */
export const judge: Judge = (window) => [judgeErrors(window), judgeLatency(window), ...judgeClientErrors(window)];
