import type { ObservedContainer, Slot, Verdict } from "@sluice/core";
import { baseContainers } from "../prepare/base-containers.ts";
import { hasWorkerInBase, noteRestarts, proveWorkers, workersIn } from "../prepare/worker-proof.ts";
import { showLogs } from "../run/show-logs.ts";
import { type DeploymentScope, emit, releaseOf } from "../scope.ts";
import { assertPassed } from "./verify.ts";

/**
 * What a watch after the cutover sees of workers in the slot, by one cheap call; of those in base only the promotion asks. None on the
 * way back: what they did before must not keep anybody from it.
 */
export async function lookAtWorkers(
  scope: DeploymentScope,
  slot: Slot,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { ports, stack, workerRestarts } = scope;
  const workers = workersIn(releaseOf(scope).bundle.services);
  if (workers.length === 0 || scope.plan.kind === "rollback") return [];
  const containers = await ports.observer.slotContainers(stack, slot, signal);
  noteRestarts(workerRestarts, containers);
  const { verdict } = proveWorkers(workers, containers, workerRestarts);
  return verdict.n === 0 ? [] : [verdict];
}

/** A worker in base has become ready. Nothing is asked of what is none. */
export async function noteInBase(scope: DeploymentScope, service: string, signal: AbortSignal): Promise<void> {
  if (!workersIn(releaseOf(scope).bundle.services).some(({ name }) => name === service)) return;
  noteRestarts(scope.workerRestarts, await baseContainers(scope, signal));
}

/**
 * Nothing becomes the stable version whose workers ended since they became ready. That is only told on the way back, and where a bad
 * verdict was left to a person, who had the deployment go on.
 *
 * @throws SluiceError CHECK_FAILED
 */
export async function assertWorkersRun(
  scope: DeploymentScope,
  step: string,
  slot: Slot,
  signal: AbortSignal,
): Promise<void> {
  const { ports, stack, deployment, plan, workerRestarts, tag } = scope;
  const workers = workersIn(releaseOf(scope).bundle.services);
  if (workers.length === 0) return;
  const [inSlot, inBase] = await Promise.all([
    ports.observer.slotContainers(stack, slot, signal),
    hasWorkerInBase(workers) ? baseContainers(scope, signal) : ([] as readonly ObservedContainer[]),
  ]);
  const containers = [...inSlot, ...inBase];
  noteRestarts(workerRestarts, containers);
  const { verdict, failed } = proveWorkers(workers, containers, workerRestarts);
  if (verdict.result !== "pass" && (plan.kind === "rollback" || scope.run.isLeftToPerson)) {
    const names = [...new Set(failed.map(({ service }) => service))].join(" ");
    const message = `workers of ${tag}: ${verdict.value}`;
    const hint = `sluice logs ${names} shows why; ${tag} serves all the same`;
    return emit(scope, { type: "finding", finding: { severity: "warn", code: "workers-down", message, hint } });
  }
  emit(scope, { type: "verdict", deployment, step, verdict });
  // What takes its place again removes it. The log of a slot is shown while the slot is undone.
  await showLogs(
    scope,
    failed.filter(({ id }) => inBase.some((one) => one.id === id)),
    signal,
  );
  assertPassed([verdict], "see the log of the worker above; the release is not tried again without --retry");
}
