import { createDeadline, type DoorOptions, isBehindDoor, type StoredRelease } from "@sluice/core";
import { settle } from "../deadline.ts";
import { report } from "../report.ts";
import { doorRequest, isNew, servedBefore } from "../run/doors.ts";
import { rereadNames } from "../run/reread-names.ts";
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
 * A door that somebody stopped, killed or removed runs again as the previous has it, and leads there. One that answers is not
 * touched, nor one that never led there.
 */
export async function reviveDoor(scope: DeploymentScope, service: string, options: DoorOptions = {}): Promise<void> {
  const { previousRelease } = scope;
  if (!previousRelease || !(await startsAgain(scope, service, previousRelease, options))) return;
  await rereadAsBefore(scope, options);
}

/** As `reviveDoor`, once the steps that come before the cutover are done: a door that one of them made is as that made it. */
export async function keepDoor(scope: DeploymentScope, service: string, options: DoorOptions): Promise<void> {
  const { plan, previousRelease, release } = scope;
  const isMade = plan.steps.some((step) => step.kind === "door" && step.service === service && step.cutsOver !== true);
  const before = isMade ? undefined : previousRelease;
  if (before === null || !(await startsAgain(scope, service, before, options))) return;
  // The files of the candidate may name a service that nobody is led to yet.
  const hasNew = (release?.bundle.services ?? []).some((one) => isBehindDoor(one) && isNew(scope, one.name));
  if (hasNew) await rereadAsBefore(scope, options);
  else await rereadNames(scope, options);
}

/** @param before as in `doorRequest` @returns whether the door had to be started */
async function startsAgain(
  scope: DeploymentScope,
  service: string,
  before: StoredRelease | undefined,
  options: DoorOptions,
): Promise<boolean> {
  const { ports, plan, doorIds } = scope;
  if (!servedBefore(scope, service) || (await answers(scope, service, options.signal))) return false;
  const request = await doorRequest(scope, service, { stable: plan.previous, share: 0, salt: 0 }, before);
  // One that runs, and missed an answer, is left as it is.
  let isStarted = false;
  const beforeStart = async () => {
    isStarted = true;
  };
  doorIds.set(service, await ports.doors.ensure(request, { ...options, beforeStart }));
  return isStarted;
}

/** After an undo: the previous serves only where its doors run. What fails here is told, and status names it. */
export async function reviveDoors(scope: DeploymentScope): Promise<void> {
  const { clock } = scope.ports;
  // Also what was down before anybody looked, and so is no door that is known.
  const webs = scope.previousRelease?.bundle.services.filter(isBehindDoor) ?? [];
  for (const { name: service } of webs) {
    using deadline = createDeadline(clock, reviveMs);
    try {
      await settle(clock, deadline.signal, reviveDoor(scope, service, { signal: deadline.signal }));
    } catch (error) {
      report(scope, error);
    }
  }
}
