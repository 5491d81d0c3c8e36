import type { PlanStep } from "@sluice/core";
import type { StepData } from "../action.ts";
import { describe, report } from "../report.ts";
import { type DeploymentScope, emit } from "../scope.ts";
import { condemns } from "./condemned.ts";
import type { StepOutcome } from "./journal-entries.ts";

interface StepResult {
  readonly result: StepOutcome["result"];
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  readonly data?: StepData;
  readonly error?: unknown;
  readonly interrupted?: boolean;
}

/** The outcome of a step: to the journal first, then as an event. */
export async function record(scope: DeploymentScope, step: PlanStep, outcome: StepResult): Promise<void> {
  const durationMs = await write(scope, step, outcome);
  say(scope, step, outcome, durationMs);
}

/** Returns how long the step took, in milliseconds. */
async function write(scope: DeploymentScope, step: PlanStep, outcome: StepResult): Promise<number> {
  const { deployment, ports } = scope;
  const { result, data, error, interrupted } = outcome;
  const durationMs = Math.round(ports.clock.monotonicMs() - outcome.startedMs);
  await scope.observations.carry((carried) =>
    ports.journal.append({
      type: "step-outcome",
      deployment,
      step: step.id,
      result,
      durationMs,
      ...(data ? { data } : {}),
      ...(error === undefined ? {} : { error: describe(error) }),
      ...(interrupted ? { interrupted } : {}),
      ...carried,
    }),
  );
  return durationMs;
}

/**
 * What condemned the deployment before a step had begun, under that step, for the run that may have to undo it; of other
 * errors there is nothing to keep. Nobody is told of an end of the step: nobody was told that it begins.
 */
export async function recordAtGate(scope: DeploymentScope, step: PlanStep, error: unknown): Promise<void> {
  if (!condemns(describe(error).code)) return;
  try {
    await write(scope, step, { result: "failed", startedMs: scope.ports.clock.monotonicMs(), error });
  } catch (failure) {
    report(scope, failure);
  }
}

/** As `record`; that it cannot be written changes nothing of what is done next: going back matters more than the record. */
export async function recordIfPossible(scope: DeploymentScope, step: PlanStep, outcome: StepResult): Promise<void> {
  try {
    await record(scope, step, outcome);
  } catch (error) {
    say(scope, step, outcome, Math.round(scope.ports.clock.monotonicMs() - outcome.startedMs));
    report(scope, error);
  }
}

function say(scope: DeploymentScope, step: PlanStep, { result, error }: StepResult, durationMs: number): void {
  const { id, kind, target } = step;
  const detail = error === undefined ? {} : { detail: describe(error).message };
  emit(scope, {
    type: "step-end",
    deployment: scope.deployment,
    step: id,
    kind,
    target,
    result,
    durationMs,
    ...detail,
  });
}
