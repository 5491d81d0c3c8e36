import { createEvent, databaseEntry, formatPlan, type ResolvedProject } from "@sluice/core";
import { takeOrders } from "../control/take-orders.ts";
import { tellChangedBase } from "../prepare/tell-changed-base.ts";
import { completeRun, observeServing } from "../record/complete.ts";
import { deploymentId } from "../record/in-order.ts";
import { lastAttempt } from "../record/read-attempts.ts";
import type { Initiator, PreparedDeployment } from "../requests.ts";
import { type EnginePorts, emit, type StackFacts } from "../scope.ts";
import { createScope } from "./create-scope.ts";
import { doorIdsOf } from "./doors.ts";
import { type DeploymentResult, end } from "./end.ts";
import { runSteps } from "./run-steps.ts";
import { runningIn } from "./stopped-by-hand.ts";

/** Executes a prepared plan under the journal and says how it ended. */
export async function execute(
  request: StackFacts & Initiator & { readonly project: ResolvedProject },
  prepared: PreparedDeployment,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<DeploymentResult> {
  const { plan, source, release, changedServices, previousRelease, observed, dataAnew = [], findings = [] } = prepared;
  const startedMs = ports.clock.monotonicMs();
  const before = await lastAttempt(ports.journal);
  const deployment = deploymentId(ports.clock.now(), before?.start.deployment ?? null, ports.randomId());
  const tag = release?.bundle.tag ?? source?.request.tag ?? "";
  const scope = createScope(request, ports, {
    deployment,
    tag,
    plan,
    source,
    release,
    changedServices,
    previousRelease,
    project: request.project,
    ranBefore: runningIn(observed),
    doorIds: doorIdsOf(observed),
    // Whoever calls has just claimed it.
    run: { ownAtMs: startedMs },
  });
  for (const finding of findings) {
    scope.observations.note(createEvent(ports.clock.now(), { type: "finding", finding }));
  }
  const { actor, reason, consents = [], origin } = request;
  // Before anything is made: whatever becomes of this attempt, the next one knows that no migration is on the data.
  for (const service of dataAnew) {
    const entry = { actor, reason: "its volumes were gone", service, result: "done" } as const;
    await ports.journal.append(databaseEntry({ action: "anew", ...entry }));
  }
  const bundle = release?.bundle.id ?? null;
  const previousBundle = previousRelease?.bundle.id ?? null;
  await ports.journal.append({
    type: "deployment-start",
    deployment,
    kind: plan.kind,
    tag,
    bundle,
    previousBundle,
    plan,
    actor,
    reason,
    consents,
    ...(origin ? { origin } : {}),
    ...(changedServices ? { changedServices } : {}),
    modelChanges: modelChangesOf(prepared, ports),
  });
  // Nobody hears of a deployment that has no record yet: killed now, nobody would ever tell them how it ended.
  emit(scope, {
    type: "deployment-start",
    deployment,
    kind: plan.kind,
    release: release?.bundle.id ?? "",
    tag,
    actor,
    reason,
  });
  const steps = plan.steps.map(({ id, kind, target, cause }) => ({ id, kind, target, cause }));
  emit(scope, { type: "plan", deployment, steps, text: formatPlan(plan) });
  const run = { serving: observeServing(scope, request.project), startedMs };
  if (plan.steps.length === 0 && plan.kind === "rollback" && release) await tellChangedBase(scope, release);
  if (plan.steps.length === 0) return end(scope, run, { outcome: "nothing-to-do" });
  await using _orders = await takeOrders(scope);
  return await completeRun(await runSteps(plan.steps, scope, signal), scope, run);
}

function modelChangesOf({ release, source, previousRelease }: PreparedDeployment, { identity }: EnginePorts) {
  const model = release?.model ?? source?.project.model;
  return model && previousRelease ? identity.changes(previousRelease.model, model) : null;
}
