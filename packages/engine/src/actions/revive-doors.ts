import type { DoorOptions } from "@sluice/core";
import { createDeadline, settle } from "../deadline.ts";
import { doorRequest, servedBefore } from "../doors.ts";
import { report } from "../report.ts";
import type { DeploymentScope } from "../scope.ts";
import { rereadAsBefore } from "./renewed-edges.ts";

const reviveMs = 30_000;

/** Whether the door of a service says where it leads: one that was stopped, killed or removed does not. */
export async function answers(scope: DeploymentScope, service: string, signal?: AbortSignal): Promise<boolean> {
  const id = scope.doorIds.get(service);
  return id !== undefined && isAnswering(scope, id, signal);
}

/** As `answers`, of any door. */
export async function isAnswering(
  { ports }: Pick<DeploymentScope, "ports">,
  door: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await ports.router.routing(door, signal);
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/**
 * A door that somebody stopped, killed or removed runs again and leads to the previous. One that answers is not
 * touched, nor one that never led there.
 */
export async function reviveDoor(scope: DeploymentScope, service: string, options: DoorOptions = {}): Promise<void> {
  const { ports, plan, previousRelease, doorIds } = scope;
  if (!previousRelease || !servedBefore(scope, service) || (await answers(scope, service, options.signal))) return;
  const routing = { stable: plan.previous, share: 0, salt: 0 };
  const request = await doorRequest(scope, service, routing, previousRelease);
  doorIds.set(service, await ports.doors.ensure(request, options));
  await rereadAsBefore(scope, options);
}

/** After an undo: the previous serves only where its doors run. What fails here is told, and status names it. */
export async function reviveDoors(scope: DeploymentScope): Promise<void> {
  const { clock } = scope.ports;
  for (const service of scope.doorIds.keys()) {
    using deadline = createDeadline(clock, reviveMs);
    try {
      await settle(clock, deadline.signal, reviveDoor(scope, service, { signal: deadline.signal }));
    } catch (error) {
      report(scope, error);
    }
  }
}
