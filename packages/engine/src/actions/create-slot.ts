import {
  type CallOptions,
  type CreateOptions,
  type JobChange,
  type PlanStep,
  type Slot,
  type SlotRequest,
  type StoredRelease,
  slotServices,
} from "@sluice/core";
import { slotRequest } from "../prepare/slot-request.ts";
import { type DeploymentScope, releaseOf, servicesOf } from "../scope.ts";
import { assertUnreached } from "./take-away.ts";

/** The candidate's containers, and those of the jobs that the plan still runs; none is started. */
export async function createSlot(scope: DeploymentScope, slot: Slot, options: CreateOptions): Promise<void> {
  const { steps } = scope.plan;
  await assertUnreached(scope, slot, options.signal);
  // Some have run before there was a base, and their containers are gone.
  const left = steps.slice(steps.findIndex(createsSlot));
  const jobs = left.flatMap((step) => (step.kind === "job" ? [step.service] : []));
  const services = [...slotServices(releaseOf(scope).bundle.services), ...servicesOf(scope, jobs)];
  const request = await slotRequest(scope, slot, services, releaseOf(scope), { anew: true });
  await scope.ports.slots.create(await withJobs(scope, request), options);
}

/** The containers that are gone of a release in its slot. They belong to the deployment that made the others. */
export async function createMissing(
  scope: DeploymentScope,
  slot: Slot,
  release: StoredRelease,
  options: CallOptions,
): Promise<void> {
  const { ports, stack } = scope;
  const there = await ports.observer.slotContainers(stack, slot, options.signal);
  const madeBy = there.find(({ deployment }) => deployment !== null)?.deployment ?? scope.deployment;
  const request = await slotRequest(scope, slot, slotServices(release.bundle.services), release);
  await ports.slots.create({ ...request, deployment: madeBy }, { ...options, onlyMissing: true });
}

/** Whether a step makes the candidate's containers. */
export function createsSlot(step: PlanStep): boolean {
  return step.kind === "create" || (step.kind === "job" && step.creates === true);
}

/** The request with what the plan's jobs find in their environment, so that their containers can be made beforehand. */
export async function withJobs(scope: DeploymentScope, request: SlotRequest): Promise<SlotRequest> {
  const { ports, plan, deployment } = scope;
  const { model } = releaseOf(scope);
  const jobs: Record<string, JobChange> = {};
  for (const step of plan.steps) {
    if (step.kind !== "job" || step.database === undefined) continue;
    const written = model.services[step.service]?.environment ?? {};
    const environment = await ports.migrations.environment({ database: step.database, run: deployment }, written);
    jobs[step.service] = { environment };
  }
  return Object.keys(jobs).length > 0 ? { ...request, jobs } : request;
}
