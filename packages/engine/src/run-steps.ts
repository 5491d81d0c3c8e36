import { isSluiceError, type PlanStep, SluiceError } from "@sluice/core";
import { createCall } from "./action.ts";
import { actionOf } from "./actions.ts";
import { type DeploymentScope, emit } from "./scope.ts";

export type RunResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly step: PlanStep; readonly error: unknown; readonly interrupted: boolean };

/** Time for one step to be undone; compensation never runs under the signal that was aborted. */
const undoTimeoutMs = 60_000;

/**
 * Runs steps in order, each with its intent in the journal before and its outcome after. Stops at the first that
 * fails, and between two steps when the signal aborts.
 */
export async function runSteps(
  steps: readonly PlanStep[],
  scope: DeploymentScope,
  signal: AbortSignal,
): Promise<RunResult> {
  for (const step of steps) {
    if (signal.aborted) return { ok: false, step, error: signal.reason, interrupted: true };
    try {
      await runStep(step, scope, signal);
    } catch (error) {
      return { ok: false, step, error, interrupted: signal.aborted };
    }
  }
  return { ok: true };
}

async function runStep(step: PlanStep, scope: DeploymentScope, signal: AbortSignal): Promise<void> {
  const { deployment, ports } = scope;
  const { id, kind, target, cause } = step;
  await ports.journal.append({ type: "step-intent", deployment, step: id });
  emit(scope, { type: "step-start", deployment, step: id, kind, target, cause });
  const begin = ports.clock.monotonicMs();
  const durationMs = () => Math.round(ports.clock.monotonicMs() - begin);
  try {
    const data = await withDeadline(step, scope, signal);
    await ports.journal.append({
      type: "step-outcome",
      deployment,
      step: id,
      result: "done",
      durationMs: durationMs(),
      ...(data ? { data } : {}),
    });
    emit(scope, { type: "step-end", deployment, step: id, kind, target, result: "done", durationMs: durationMs() });
  } catch (error) {
    const { code, message } = describe(error);
    await ports.journal.append({
      type: "step-outcome",
      deployment,
      step: id,
      result: "failed",
      durationMs: durationMs(),
      error: { code, message },
    });
    emit(scope, {
      type: "step-end",
      deployment,
      step: id,
      kind,
      target,
      result: "failed",
      durationMs: durationMs(),
      detail: message,
    });
    throw error;
  }
}

async function withDeadline(step: PlanStep, scope: DeploymentScope, signal: AbortSignal) {
  const deadline = AbortSignal.timeout(step.timeoutMs);
  try {
    return await actionOf(step).run(step as never, scope, createCall(scope, step, AbortSignal.any([signal, deadline])));
  } catch (error) {
    if (!deadline.aborted || signal.aborted || isSluiceError(error)) throw error;
    throw new SluiceError("DEADLINE_EXCEEDED", `${step.kind} ${step.target} took longer than ${step.timeoutMs} ms`, {
      cause: error,
    });
  }
}

/**
 * Undoes steps, the last first. One that cannot be undone does not keep the others from being undone.
 *
 * @returns the steps whose undo failed, with the errors
 */
export async function undoSteps(
  steps: readonly PlanStep[],
  scope: DeploymentScope,
): Promise<readonly { readonly step: PlanStep; readonly error: unknown }[]> {
  const failures: { step: PlanStep; error: unknown }[] = [];
  for (const step of steps.toReversed()) {
    if (!actionOf(step).undo) continue;
    const error = await undoStep(step, scope);
    if (error !== undefined) failures.push({ step, error });
  }
  return failures;
}

async function undoStep(step: PlanStep, scope: DeploymentScope): Promise<unknown> {
  const { deployment, ports } = scope;
  const { id, kind, target } = step;
  const begin = ports.clock.monotonicMs();
  const durationMs = () => Math.round(ports.clock.monotonicMs() - begin);
  const signal = AbortSignal.timeout(
    undoTimeoutMs + ("timeoutMs" in step ? Math.min(step.timeoutMs, undoTimeoutMs) : 0),
  );
  try {
    await actionOf(step).undo?.(step as never, scope, createCall(scope, step, signal));
    await ports.journal.append({
      type: "step-outcome",
      deployment,
      step: id,
      result: "undone",
      durationMs: durationMs(),
    });
    emit(scope, { type: "step-end", deployment, step: id, kind, target, result: "undone", durationMs: durationMs() });
    return undefined;
  } catch (error) {
    const { code, message } = describe(error);
    await ports.journal.append({
      type: "step-outcome",
      deployment,
      step: id,
      result: "undo-failed",
      durationMs: durationMs(),
      error: { code, message },
    });
    emit(scope, {
      type: "step-end",
      deployment,
      step: id,
      kind,
      target,
      result: "undo-failed",
      durationMs: durationMs(),
      detail: message,
    });
    return error;
  }
}

export function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (isSluiceError(error)) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
}
