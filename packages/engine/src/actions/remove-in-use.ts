import { type CallOptions, createDeadline, type Slot } from "@sluice/core";
import { closedRouting } from "../run/doors.ts";
import type { DeploymentScope } from "../scope.ts";
import { answers } from "./revive-doors.ts";

/** How long what is under way may keep a port from whoever waits for it, in milliseconds: as long is the gap that others meet. */
export const graceMs = 1_000;
/** How long a door may take to be asked, and to close. Until it has closed there is no gap. */
const patienceMs = 10_000;

/**
 * Removes a door that users may come through: nobody new gets in, and what is under way at the slot has a moment to end. One that
 * nothing goes through is gone at once.
 */
export async function removeInUse(
  scope: DeploymentScope,
  service: string,
  slot: Slot,
  options: CallOptions,
): Promise<void> {
  const { ports, stack, doorIds } = scope;
  await emptyShortly(scope, service, slot, options);
  doorIds.delete(service);
  await ports.doors.remove(stack, service, options);
}

/** That a door cannot be emptied must not keep its port from others. */
async function emptyShortly(scope: DeploymentScope, service: string, slot: Slot, { signal }: CallOptions) {
  using deadline = createDeadline(scope.ports.clock, patienceMs);
  const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  try {
    await emptyDoor(scope, service, slot, either, Math.min(graceMs, scope.config.traffic.drain.timeout));
  } catch {
    signal?.throwIfAborted();
  }
}

/** Nobody new gets in, and what was accepted may end. A door that does not answer has nothing to end. */
export async function emptyDoor(
  scope: DeploymentScope,
  service: string,
  slot: Slot,
  signal: AbortSignal,
  timeoutMs = scope.config.traffic.drain.timeout,
): Promise<void> {
  const { router } = scope.ports;
  const id = scope.doorIds.get(service);
  if (!id || !(await answers(scope, service, signal))) return;
  await router.setRouting(id, closedRouting, signal);
  await router.drain(id, slot, timeoutMs, signal);
}
