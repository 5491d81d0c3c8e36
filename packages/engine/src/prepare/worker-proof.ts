import { isInSlot, memoryKillText, type ObservedContainer, type ServiceFacts, type Verdict } from "@sluice/core";

/** How often containers of workers had been restarted when they became ready, or were first looked at, by id. */
export type WorkerRestarts = Map<string, number>;

/** Workers of a release that run. */
export function workersIn(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  return services.filter(({ active, role, replicas }) => active && role === "worker" && replicas > 0);
}

/** Whether some of them are replaced stop-first, and so not in a slot. */
export function hasWorkerInBase(workers: readonly ServiceFacts[]): boolean {
  return workers.some((worker) => !isInSlot(worker));
}

/** What is known already stays: only what happened since is a fault. */
export function noteRestarts(restarts: WorkerRestarts, containers: readonly ObservedContainer[]): void {
  for (const { id, restartCount } of containers) if (!restarts.has(id)) restarts.set(id, restartCount);
}

/** Containers of workers, and whether they still do what they did when they became ready. */
export interface WorkerProof {
  readonly verdict: Verdict;
  readonly failed: readonly ObservedContainer[];
}

/**
 * Workers still run: nobody asks them for anything, so that only this shows one that ends a moment after its start. What is to run
 * once may have ended well. How often one was restarted before it became ready, by whomever, says nothing of the release. Pure.
 *
 * @param restarts as `noteRestarts` has them
 */
export function proveWorkers(
  workers: readonly ServiceFacts[],
  containers: readonly ObservedContainer[],
  restarts: ReadonlyMap<string, number>,
): WorkerProof {
  const own = containers.flatMap((container) => {
    const facts = workers.find(({ name }) => name === container.service);
    return facts ? [{ container, wrong: whatIsWrong(container, facts, restarts.get(container.id)) }] : [];
  });
  const wrong = own.flatMap((one) => one.wrong ?? []);
  const verdict: Verdict = {
    check: "workers run",
    result: wrong.length === 0 ? "pass" : "fail",
    value: wrong.length === 0 ? `${own.length} as they became ready` : wrong.join(", "),
    limit: "running, not unhealthy, not restarted since they became ready",
    n: own.length,
  };
  return { verdict, failed: own.flatMap((one) => (one.wrong === null ? [] : [one.container])) };
}

function whatIsWrong(
  container: ObservedContainer,
  { runsOnce = false }: ServiceFacts,
  before = container.restartCount,
): string | null {
  const { name, state, health, restartCount, exitCode } = container;
  const killed = memoryKillText(container);
  const isOver = state === "exited" || state === "dead";
  if (isOver && runsOnce && exitCode === 0) return null;
  if (isOver) return `${name} ${killed === null ? `exited with code ${exitCode}` : `was ${killed}`}`;
  if (restartCount > before) return `${name} ended and was restarted (${restartCount - before} times)`;
  if (state !== "running") return `${name} is ${state}`;
  return health === "unhealthy" ? `${name} is unhealthy` : null;
}
