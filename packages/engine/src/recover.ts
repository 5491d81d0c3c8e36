import { planRecovery, type ResolvedProject } from "@sluice/core";
import { completeRun, type DeploymentResult, end, observeServing } from "./complete.ts";
import { doorIdsOf } from "./doors.ts";
import { type AttemptRecord, bundleOf, readAttempts, unfinishedOf } from "./journal-entries.ts";
import { runSteps, undoSteps } from "./run-steps.ts";
import { type DeploymentScope, type EnginePorts, emit, type StackFacts } from "./scope.ts";

/**
 * Finishes or undoes an attempt that died without an end. Which of both is decided by what the doors show, unless it is
 * chosen. Returns `null` when there is none.
 */
export async function recoverUnfinished(
  facts: StackFacts,
  project: ResolvedProject,
  ports: EnginePorts,
  signal: AbortSignal,
  choice?: "finish" | "undo",
): Promise<DeploymentResult | null> {
  const unfinished = unfinishedOf(await readAttempts(ports.journal));
  if (!unfinished) return null;
  const observed = await ports.observer.observe(project, signal);
  const recovery = planRecovery(unfinished, observed, choice);
  const startedMs = ports.clock.monotonicMs();
  const scope = await scopeOf(unfinished.attempt, facts, ports);
  for (const [service, id] of doorIdsOf(observed)) scope.doorIds.set(service, id);
  const run = { serving: observeServing(ports, project), startedMs };
  const { deployment } = unfinished;
  const verb = recovery.action === "finish" ? "finished" : "undone";
  emit(scope, {
    type: "finding",
    finding: {
      severity: "warn",
      code: "unfinished-deployment",
      message: `deployment ${deployment} (${unfinished.attempt.start.tag}) has no end and is ${verb}: ${recovery.reason}`,
    },
  });
  if (recovery.action === "finish") {
    scope.trafficMoved = true;
    const result = await runSteps(recovery.remaining, scope, signal);
    const begun = [...unfinished.begun, ...recovery.remaining.map(({ id }) => id)];
    return completeRun(result, scope, { ...run, begun: () => begun });
  }
  const failures = await undoSteps(recovery.begun, scope);
  if (failures.length === 0)
    return end(scope, run, { outcome: "interrupted", reason: `undone by a later run: ${recovery.reason}` });
  const names = failures.map(({ step }) => `${step.kind} ${step.target}`).join(", ");
  return end(scope, run, {
    outcome: "needs-person",
    error: failures[0]?.error,
    reason: `could not be undone: ${names}`,
  });
}

async function scopeOf(attempt: AttemptRecord, facts: StackFacts, ports: EnginePorts): Promise<DeploymentScope> {
  const { start } = attempt;
  const load = async (id: string | null) => (id ? ports.bundles.load(id).catch(() => null) : null);
  return {
    ...facts,
    deployment: start.deployment,
    plan: start.plan,
    ports,
    source: null,
    release: await load(bundleOf(attempt)),
    previousRelease: await load(start.previousBundle),
    doorIds: new Map(),
    trafficMoved: attempt.begun.some((step) => step.startsWith("shift-") || step.startsWith("adopt-")),
  };
}
