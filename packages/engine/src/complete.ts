import { isSluiceError, type Outcome, outcomeExitCodes, type ResolvedProject, type Serving } from "@sluice/core";
import { describe, type RunResult, undoSteps } from "./run-steps.ts";
import { type DeploymentScope, type EnginePorts, emit } from "./scope.ts";
import { servingOf } from "./serving.ts";

export interface DeploymentResult {
  readonly deployment: string;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly serving: Serving | null;
  /** The error that ended it, where one did. */
  readonly error?: unknown;
  readonly reason?: string;
}

/** How the engine sees the stack now, for the last word of a deployment. */
export type ObserveServing = () => Promise<Serving | null>;

export function observeServing(ports: EnginePorts, project: ResolvedProject): ObserveServing {
  return async () => servingOf(await ports.observer.observe(project), await ports.bundles.list());
}

/**
 * Ends a run: done, or undone. What failed before the candidate served everyone is undone; what failed after goes back
 * as well, the previous being warm. An interruption after cutover leaves the rest to the next run.
 */
export async function completeRun(
  result: RunResult,
  scope: DeploymentScope,
  run: { readonly begun: () => readonly string[]; readonly serving: ObserveServing; readonly startedMs: number },
): Promise<DeploymentResult> {
  if (result.ok) return end(scope, run, { outcome: "live" });
  const { error, step, interrupted } = result;
  const { code, message } = describe(error);
  if (interrupted && isAfterCutover(scope, step.id)) {
    return leave(scope, run, `interrupted at ${step.kind} ${step.target}, after cutover: the next run finishes it`);
  }
  if (!interrupted) {
    report(scope, error);
    await showCandidateLog(scope);
  }
  const moved = scope.trafficMoved && scope.plan.previous !== null;
  const failures = await undoSteps(
    scope.plan.steps.filter(({ id }) => run.begun().includes(id)),
    scope,
  );
  for (const failure of failures) report(scope, failure.error);
  if (failures.length > 0) {
    const names = failures.map((failure) => `${failure.step.kind} ${failure.step.target}`).join(", ");
    return end(scope, run, { outcome: "needs-person", error, reason: `${message}; could not be undone: ${names}` });
  }
  const outcome: Outcome = interrupted ? "interrupted" : moved ? "rolled-back" : "failed";
  if (!interrupted && isVerdict(code) && scope.release) {
    const at = scope.ports.clock.now().toISOString();
    await scope.ports.bundles.update(scope.release.bundle.id, { broken: { at, reason: message } });
  }
  return end(scope, run, { outcome, error, reason: interrupted ? "interrupted" : message });
}

/** The last lines of what was tried, while its containers are still there. */
async function showCandidateLog(scope: DeploymentScope): Promise<void> {
  const { ports, stack, plan } = scope;
  try {
    for (const { id, name } of await ports.observer.slotContainers(stack, plan.candidate)) {
      const log = await ports.observer.logTail(id, shownLogLines);
      for (const text of log.split("\n").filter((line) => line !== "")) {
        emit(scope, { type: "output-line", source: name, stream: "stdout", text });
      }
    }
  } catch {
    // The log helps to understand; without it the undo must still go on.
  }
}

const shownLogLines = 20;

/** Errors that say something of the release itself, not of the machine it was tried on. */
function isVerdict(code: string): boolean {
  return code === "CHECK_FAILED" || code === "ANALYSIS_FAILED" || code === "NOT_READY" || code === "START_FAILED";
}

function isAfterCutover({ plan }: DeploymentScope, stepId: string): boolean {
  const lastShift = plan.steps.findLastIndex(({ kind }) => kind === "shift");
  return lastShift >= 0 && plan.steps.findIndex(({ id }) => id === stepId) > lastShift;
}

function report(scope: DeploymentScope, error: unknown): void {
  const { code, message } = describe(error);
  const { hint, detail } = isSluiceError(error) ? error : { hint: undefined, detail: undefined };
  emit(scope, { type: "error", code, message, ...(hint ? { hint } : {}), ...(detail ? { detail } : {}) });
}

type Ending = { readonly outcome: Outcome; readonly error?: unknown; readonly reason?: string };

export async function end(
  scope: DeploymentScope,
  { serving: observe, startedMs }: { readonly serving: ObserveServing; readonly startedMs: number },
  { outcome, error, reason }: Ending,
): Promise<DeploymentResult> {
  const { deployment, ports, release } = scope;
  const serving = await observe();
  const { tag } = release?.bundle ?? scope.source?.request ?? { tag: "" };
  const durationMs = Math.round(ports.clock.monotonicMs() - startedMs);
  await ports.journal.append({
    type: "deployment-end",
    deployment,
    outcome,
    release: release?.bundle.id ?? null,
    tag,
    serving,
    durationMs,
    ...(reason ? { reason } : {}),
  });
  return finalWord(scope, { outcome, error, ...(reason ? { reason } : {}) }, serving, durationMs);
}

/** The attempt keeps no end: the journal says that there is work for the next run. */
async function leave(
  scope: DeploymentScope,
  run: { readonly serving: ObserveServing; readonly startedMs: number },
  reason: string,
): Promise<DeploymentResult> {
  const durationMs = Math.round(scope.ports.clock.monotonicMs() - run.startedMs);
  return finalWord(scope, { outcome: "interrupted", reason }, await run.serving(), durationMs);
}

function finalWord(
  scope: DeploymentScope,
  { outcome, error, reason }: Ending,
  serving: Serving | null,
  durationMs: number,
): DeploymentResult {
  const { deployment, release, source, previousRelease, plan } = scope;
  const exitCode = outcomeExitCodes[outcome];
  const previous = previousRelease?.bundle;
  emit(scope, {
    type: "deployment-end",
    deployment,
    outcome,
    exitCode,
    release: release?.bundle.id ?? "",
    tag: release?.bundle.tag ?? source?.request.tag ?? "",
    serving,
    previous:
      previous && plan.previous ? { release: previous.id, tag: previous.tag, slot: plan.previous, share: 0 } : null,
    durationMs,
    ...(reason ? { reason } : {}),
    ...nextCommand(outcome),
  });
  return {
    deployment,
    outcome,
    exitCode,
    serving,
    ...(error === undefined ? {} : { error }),
    ...(reason ? { reason } : {}),
  };
}

function nextCommand(outcome: Outcome): { next?: string } {
  if (outcome === "interrupted") return { next: "sluice resume" };
  if (outcome === "needs-person") return { next: "sluice status" };
  return {};
}
