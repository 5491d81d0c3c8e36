import { aloneInCandidate, type PlanStep } from "@sluice/core";
import { createDeadline, settle } from "./deadline.ts";
import type { DeploymentScope } from "./scope.ts";

/** Users wait for it: longer than two lists of containers take nobody looks. */
const lookMs = 5_000;

/**
 * Why users stay with the candidate though it is to be taken back: something of what they would be led back to does not run any more.
 * `undefined` where all does, where none were led, and where it cannot be seen: an engine that is away is waited for with the undo.
 */
export async function whyAlone(scope: DeploymentScope, begun: readonly PlanStep[]): Promise<string | undefined> {
  const { ports, stack, plan, deployment, previousRelease } = scope;
  if (plan.previous === null || !begun.some(({ kind }) => kind === "shift")) return undefined;
  using deadline = createDeadline(ports.clock, lookMs);
  const { signal } = deadline;
  const look = async () => {
    const [blue, green] = await Promise.all([
      ports.observer.slotContainers(stack, "blue", signal),
      ports.observer.slotContainers(stack, "green", signal),
    ]);
    return { blue, green };
  };
  try {
    const seen = await settle(ports.clock, signal, look());
    const before = previousRelease?.bundle.services;
    return aloneInCandidate({ deployment, plan, begun: begun.map(({ id }) => id), before }, seen);
  } catch {
    return undefined;
  }
}
