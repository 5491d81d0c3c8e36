import { createDeadline, isSluiceError, type SluiceError } from "@sluice/core";
import { settle } from "../deadline.ts";
import type { DeploymentScope } from "../scope.ts";

/** Users may wait for it: longer than it takes to look at one volume nobody asks. */
const lookMs = 5_000;

/**
 * That the stack is another state home's by now, HOME_MISMATCH; `undefined` where it is not, and where the engine does not say: what is
 * done next learns of that. A state may be moved while a deployment runs where it came from, and two that lead users would undo each
 * other's work.
 */
export async function anothersNow({ ports, stack, homeId, run }: DeploymentScope): Promise<SluiceError | undefined> {
  using deadline = createDeadline(ports.clock, lookMs);
  try {
    // One that is nobody's is not taken: whoever moves it is about to.
    await settle(ports.clock, deadline.signal, ports.base.claim(stack, homeId, "if-taken"), () => 0);
    run.ownAtMs = ports.clock.monotonicMs();
    return undefined;
  } catch (error) {
    return isAnothers(error) ? error : undefined;
  }
}

/** Whether an error says so. */
export function isAnothers(error: unknown): error is SluiceError {
  return isSluiceError(error) && error.code === "HOME_MISMATCH";
}

/** What was said so lately still holds for what leads nobody elsewhere, milliseconds. */
const lateMs = 1_000;

/** The same for a step that leads nobody elsewhere: not asked where it was asked just now. */
export async function anothersLately(scope: DeploymentScope): Promise<SluiceError | undefined> {
  const { ownAtMs } = scope.run;
  if (ownAtMs !== undefined && scope.ports.clock.monotonicMs() - ownAtMs < lateMs) return undefined;
  return anothersNow(scope);
}
