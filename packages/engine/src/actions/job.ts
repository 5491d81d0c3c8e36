import type { StepAction, StepCall, StepData, StepOf } from "../action.ts";
import { slotRequest } from "../prepare/slot-request.ts";
import { type DeploymentScope, releaseOf, servicesOf } from "../scope.ts";
import { createSlot, createsSlot, withJobs } from "./create-slot.ts";
import { removeSlot } from "./take-away.ts";

/** Runs a job of the release; the candidate's containers may be created meanwhile. */
export const job: StepAction<"job"> = {
  async run(step, scope, call) {
    if (!step.creates) return runJob(step, scope, call);
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const created = createSlot(scope, step.slot, { ...call.options, signal, running: step.service });
    created.catch(() => undefined);
    try {
      const data = await runJob(step, scope, call);
      // Had it failed before, the job was still let go to its end: half of a migration is worse than none.
      await created;
      return data;
    } catch (error) {
      stop.abort();
      await created.catch(() => undefined);
      throw error;
    }
  },
  // What a job did stays done. One that came before the slot's containers were made has left the slot's networks.
  async undo({ id, slot }, scope, { options }) {
    const { steps } = scope.plan;
    const isBefore = steps.findIndex((step) => step.id === id) <= steps.findIndex(createsSlot);
    if (isBefore) await removeSlot(scope, slot, options);
  },
};

/**
 * One that may change a database runs through whoever sees to it that nobody is held up, and who alone knows whether it may be
 * run again. Any other that reaches no data of before is run again as its restart policy says: what it needs may only be becoming ready.
 */
async function runJob(
  { slot, service, database, runsAgain }: StepOf<"job">,
  scope: DeploymentScope,
  { options, signal, progress }: StepCall,
): Promise<StepData | void> {
  const { slots, migrations } = scope.ports;
  const request = await withJobs(scope, await slotRequest(scope, slot, servicesOf(scope, [service])));
  if (database === undefined) return slots.runJob(request, service, { ...options, runsAgain });
  const { previousRunsOnIt } = scope.run;
  const about = { database, run: scope.deployment, jobs: [service], release: releaseOf(scope), previousRunsOnIt };
  const asked = { ...about, signal, onProgress: progress };
  return migrations.run(asked, (attempt) => slots.runJob(request, service, { ...options, ...attempt }));
}
