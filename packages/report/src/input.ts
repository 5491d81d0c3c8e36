import type {
  DeploymentKind,
  DeploymentPlan,
  Finding,
  Outcome,
  ReleaseBundle,
  Serving,
  Slot,
  Verdict,
} from "@sluice/core";

/** What was seen during a deployment. `at` is ISO 8601, UTC. */
export type SeenFact = { readonly at: string } & (
  | { readonly type: "share-change"; readonly service: string; readonly slot: Slot; readonly share: number }
  | { readonly type: "verdict"; readonly step: string; readonly verdict: Verdict }
  | { readonly type: "finding"; readonly finding: Finding }
  | {
      readonly type: "error";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly detail?: string;
    }
);

/** One attempt as the journal holds it; times are those of the records. */
export interface AttemptFacts {
  readonly start: {
    readonly at: string;
    readonly deployment: string;
    readonly kind: DeploymentKind;
    readonly tag: string;
    readonly plan: DeploymentPlan;
    readonly actor: string;
    readonly reason: string;
    readonly consents: readonly string[];
  };
  readonly outcomes: readonly {
    readonly at: string;
    readonly step: string;
    readonly result: StepResult;
    readonly durationMs: number;
    readonly error?: { readonly code: string; readonly message: string };
    /** Records of older versions have none. */
    readonly observations?: readonly SeenFact[];
  }[];
  /** Ids of steps with an intent. */
  readonly begun: readonly string[];
  readonly end: {
    readonly at: string;
    readonly outcome: Outcome;
    readonly tag: string;
    readonly serving: Serving | null;
    readonly reason?: string;
    readonly durationMs: number;
    readonly observations?: readonly SeenFact[];
  } | null;
}

export type StepResult = "done" | "failed" | "undone" | "undo-failed";

/** What the journal does not hold. */
export interface ReportContext {
  readonly stack: string;
  /** The release that was deployed; `null` where it was never built or is pruned. */
  readonly bundle: ReleaseBundle | null;
  /** Masks secrets in every text; see `createRedactor` of `@sluice/core`. */
  readonly redact: (text: string) => string;
}
