import type { Finding } from "./finding.ts";
import type { RehearsalOutcome } from "./rehearsal.ts";
import type { Slot } from "./slot.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What a deployment saw between its steps, kept for its report. `at` is ISO 8601, UTC. Observations ride on the record
 * that is written anyway, the outcome of a step or the end: they cost no write of their own, and no write of theirs can
 * fail. What a killed run saw since its last record is lost.
 */
export type Observation = { readonly at: string } & (
  | { readonly type: "share-change"; readonly service: string; readonly slot: Slot; readonly share: number }
  | { readonly type: "verdict"; readonly step: string; readonly verdict: Verdict }
  | { readonly type: "finding"; readonly finding: Finding }
  | { readonly type: "rehearsal"; readonly step: string; readonly rehearsal: RehearsalOutcome }
  | {
      readonly type: "error";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly detail?: string;
    }
);
