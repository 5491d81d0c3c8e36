import type { CallOptions, OutputSink, PlanStep, StepKind } from "@sluice/core";
import { noteOutput } from "./run/keep-logs.ts";
import { type DeploymentScope, emit } from "./scope.ts";

export type StepOf<Kind extends StepKind> = Extract<PlanStep, { kind: Kind }>;

/** What a step leaves in the journal for those who come after it. */
export type StepData = Readonly<Record<string, unknown>>;

export interface StepCall {
  readonly signal: AbortSignal;
  /** Output of children to the event sink. */
  readonly options: CallOptions;
  readonly progress: (text: string) => void;
}

/**
 * How one kind of step is done and undone. Both are idempotent: a step that died half way is run or undone again from
 * its start. A kind without `undo` changes nothing that serves.
 */
export interface StepAction<Kind extends StepKind> {
  run(step: StepOf<Kind>, scope: DeploymentScope, call: StepCall): Promise<StepData | void>;
  undo?(step: StepOf<Kind>, scope: DeploymentScope, call: StepCall): Promise<void>;
}

export function createCall(scope: DeploymentScope, step: PlanStep, signal: AbortSignal): StepCall {
  const onOutput: OutputSink = (line) => {
    emit(scope, { type: "output-line", ...line });
    noteOutput(scope, step, line);
  };
  return {
    signal,
    options: { signal, onOutput },
    progress: (text) => emit(scope, { type: "step-progress", deployment: scope.deployment, step: step.id, text }),
  };
}
