import type { DeploymentKind, DeploymentPlan, Observation, Outcome, ReleaseBundle, Serving } from "@sluice/core";

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
    readonly observations?: readonly Observation[];
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
    readonly observations?: readonly Observation[];
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
