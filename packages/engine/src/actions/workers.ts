import { type ServiceFacts, type Slot, SluiceError, slotServices, type WorkersStep } from "@sluice/core";
import type { StepAction, StepCall } from "../action.ts";
import { noteRestarts } from "../prepare/worker-proof.ts";
import { pruneRelease } from "../record/prune-releases.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, servicesOf } from "../scope.ts";

/** Workers of the previous, in its slot or beside the slots, stop before the candidate's start, unless they may overlap. */
export const workers: StepAction<"workers"> = {
  async run(step, scope, call) {
    const { slot, services, overlap, replaces = [] } = step;
    const start = () => startWorkers(scope, slot, servicesOf(scope, services), call);
    const stop = async () => {
      await stopPrevious(scope, stoppedBy(step, scope), call);
      if (replaces.length > 0) await scope.ports.slots.stopPlain(replaces, undefined, call.options);
    };
    if (overlap) {
      await start();
      await stop();
    } else {
      await stop();
      await start();
    }
  },
  async undo(step, scope, call) {
    const { slot, services, replaces = [] } = step;
    await scope.ports.slots.stop(scope.stack, slot, services, call.options);
    if (replaces.length > 0) await scope.ports.slots.startPlain(replaces, call.options);
    await startPrevious(scope, stoppedBy(step, scope), call);
  },
};

/** Workers in the slot of the previous that a step stops. Where a plan of before does not name them, its release does. */
export function stoppedBy(
  { stops }: Pick<WorkersStep, "stops">,
  { previousRelease }: Pick<DeploymentScope, "previousRelease">,
): readonly string[] {
  const before = previousRelease ? slotServices(previousRelease.bundle.services) : [];
  return stops ?? before.flatMap(({ role, name }) => (role === "worker" ? [name] : []));
}

async function stopPrevious(
  { stack, ports, plan }: DeploymentScope,
  names: readonly string[],
  { options }: StepCall,
): Promise<void> {
  if (plan.previous && names.length > 0) await ports.slots.stop(stack, plan.previous, names, options);
}

/** What they need to become ready only their release tells. */
async function startPrevious(scope: DeploymentScope, names: readonly string[], call: StepCall): Promise<void> {
  const { previousRelease, plan, stack, ports } = scope;
  if (!plan.previous || names.length === 0) return;
  if (!previousRelease) return ports.slots.start(stack, plan.previous, names, { ...call.options, goesOn: true });
  const before = slotServices(previousRelease.bundle.services).filter(({ name }) => names.includes(name));
  await startWorkers(scope, plan.previous, before, call, true);
}

async function startWorkers(
  { stack, ports, workerRestarts }: DeploymentScope,
  slot: Slot,
  wanted: readonly ServiceFacts[],
  { options }: StepCall,
  goesOn = false,
): Promise<void> {
  const services = wanted.filter(({ replicas }) => replicas > 0);
  if (services.length === 0) return;
  const names = services.map(({ name }) => name);
  await ports.slots.start(stack, slot, names, { ...options, goesOn });
  const ready = await ports.slots.waitReady({ stack, slot, services }, options);
  noteRestarts(workerRestarts, ready);
  const missing = names.filter((name) => !ready.some(({ service }) => service === name));
  if (missing.length === 0) return;
  throw new SluiceError("START_FAILED", `slot ${slot} holds no container of ${missing.join(", ")}`, {
    hint: "something else removed it; a new deployment makes it again",
  });
}

export async function servicesIn({ stack, ports }: DeploymentScope, slot: Slot): Promise<readonly string[]> {
  const containers = await ports.observer.slotContainers(stack, slot);
  return [...new Set(containers.map(({ service }) => service))];
}

/** Best effort: cleaning never fails a good deployment. */
export const prune: StepAction<"prune"> = {
  async run({ releases }, { ports, keep }, { progress }) {
    for (const id of releases) {
      if (id === keep) continue;
      try {
        await pruneRelease(ports, id);
      } catch (error) {
        progress(`release ${id} could not be pruned: ${describe(error).message}`);
      }
    }
  },
};
