import type { JobChange, SlotRequest } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { type DeploymentScope, releaseOf, servicesOf } from "../scope.ts";
import { slotRequest } from "../slot-request.ts";

/** Runs a job of the release; one that may change a database, through whoever sees to it that nobody is held up. */
export const job: StepAction<"job"> = {
  async run({ slot, service, database }, scope, { options, signal, progress }) {
    const { slots, migrations } = scope.ports;
    const request = await withJobs(scope, await slotRequest(scope, slot, servicesOf(scope, [service])));
    if (database === undefined) return slots.runJob(request, service, options);
    const asked = { database, run: scope.deployment, jobs: [service], signal, onProgress: progress };
    return migrations.run(asked, (attempt) => slots.runJob(request, service, { ...options, ...attempt }));
  },
};

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
