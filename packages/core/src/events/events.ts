import type { ErrorCode } from "../errors/codes.ts";
import type { Finding } from "../model/finding.ts";
import type { OrderKind } from "../model/order.ts";
import type { Outcome, Serving } from "../model/outcome.ts";
import type { RehearsalOutcome } from "../model/rehearsal.ts";
import type { Slot } from "../model/slot.ts";
import type { Verdict } from "../model/verdict.ts";
import type { DeploymentKind, StepKind } from "../plan/steps/step.ts";

/** Raised when a field changes its meaning or goes; new event types and new fields do not raise it. */
export const EVENT_VERSION = 1;

/** What happened, before time and version are added. */
export type EventBody =
  | {
      type: "deployment-start";
      deployment: string;
      kind: DeploymentKind;
      release: string;
      tag: string;
      actor: string;
      reason: string;
    }
  | { type: "plan"; deployment: string; steps: readonly PlannedStep[]; text: string }
  | { type: "finding"; finding: Finding }
  | { type: "step-start"; deployment: string; step: string; kind: StepKind; target: string; cause: string }
  | { type: "step-progress"; deployment: string; step: string; text: string }
  | {
      type: "step-end";
      deployment: string;
      step: string;
      kind: StepKind;
      target: string;
      result: "done" | "failed" | "undone" | "undo-failed";
      durationMs: number;
      detail?: string;
    }
  | { type: "output-line"; source: string; stream: "stdout" | "stderr"; text: string }
  | { type: "verdict"; deployment: string; step: string; verdict: Verdict }
  | { type: "rehearsal"; deployment: string; step: string; rehearsal: RehearsalOutcome }
  | { type: "share-change"; deployment: string; service: string; slot: Slot; share: number }
  /** The deployment waits for a person, until then or until its time is over. `next` is the command that decides. */
  | { type: "person-wanted"; deployment: string; step: string; tag: string; why: string; waitMs: number; next: string }
  | { type: "order"; deployment: string; order: OrderKind; actor: string; reason: string }
  | { type: "error"; code: string; message: string; hint?: string; detail?: string; position?: string }
  | {
      type: "deployment-end";
      deployment: string;
      outcome: Outcome;
      exitCode: number;
      release: string;
      tag: string;
      serving: Serving | null;
      /** Which version serves could not be read; `serving` is `null` then and says nothing. */
      servingUnknown?: true;
      /**
       * Services of what serves that users do not reach: its door, or the proxy that they come through, is down or cut off; or, where it
       * was undone, nothing of them runs.
       */
      shut?: readonly string[];
      /** It was undone, and needs a person all the same: what users were led back to does not serve; with `shut`, not all of it does. */
      undone?: true;
      previous: Serving | null;
      durationMs: number;
      reason?: string;
      /** Of the error that ended it, where one did. */
      code?: ErrorCode;
      /** Services whose logs are kept, `build` among them: `sluice logs --deployment` prints them. */
      logs?: readonly string[];
      next?: string;
    };

export interface PlannedStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly target: string;
  readonly cause: string;
}

/** One fact, typed and versioned; the contract of `--json`. `at` is ISO 8601, UTC. */
export type SluiceEvent = { readonly v: typeof EVENT_VERSION; readonly at: string } & EventBody;

export function createEvent(at: Date, body: EventBody): SluiceEvent {
  return { v: EVENT_VERSION, at: at.toISOString(), ...body };
}
