import type { ServiceFacts, Slot } from "@sluice/core";
import { otherSlot, SluiceError } from "@sluice/core";
import type { StepAction, StepCall } from "../action.ts";
import { pruneRelease } from "../prune-releases.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, servicesOf, slotServices } from "../scope.ts";

/** Workers of the previous, in its slot or beside the slots, stop before the candidate's start, unless they may overlap. */
export const workers: StepAction<"workers"> = {
  async run({ slot, services, overlap, replaces = [] }, scope, call) {
    const start = () => startWorkers(scope, slot, servicesOf(scope, services), call);
    const stop = async () => {
      await stopWorkers(scope, otherSlot(slot), call);
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
  async undo({ slot, services, replaces = [] }, scope, call) {
    await scope.ports.slots.stop(scope.stack, slot, services, call.options);
    if (replaces.length > 0) await scope.ports.slots.startPlain(replaces, call.options);
    await startPrevious(scope, call);
  },
};

async function startPrevious(scope: DeploymentScope, call: StepCall): Promise<void> {
  const { previousRelease, plan, stack, ports } = scope;
  if (!plan.previous) return;
  if (previousRelease) {
    const before = slotServices(previousRelease).filter(({ role }) => role === "worker");
    return startWorkers(scope, plan.previous, before, call);
  }
  const names = await workersIn(scope, plan.previous);
  if (names.length > 0) await ports.slots.start(stack, plan.previous, names, call.options);
}

async function startWorkers(
  { stack, ports }: DeploymentScope,
  slot: Slot,
  wanted: readonly ServiceFacts[],
  { options }: StepCall,
): Promise<void> {
  const services = wanted.filter(({ replicas }) => replicas > 0);
  if (services.length === 0) return;
  const names = services.map(({ name }) => name);
  await ports.slots.start(stack, slot, names, options);
  const ready = await ports.slots.waitReady({ stack, slot, services }, options);
  const missing = names.filter((name) => !ready.some(({ service }) => service === name));
  if (missing.length === 0) return;
  throw new SluiceError("START_FAILED", `slot ${slot} holds no container of ${missing.join(", ")}`, {
    hint: "something else removed it; a new deployment makes it again",
  });
}

async function stopWorkers(scope: DeploymentScope, slot: Slot, { options }: StepCall): Promise<void> {
  const { stack, ports, plan } = scope;
  if (!plan.previous) return;
  const names = await workersIn(scope, slot);
  if (names.length > 0) await ports.slots.stop(stack, slot, names, options);
}

/** By the previous release; where its bundle is gone, all in its slot that neither has a door nor is a web service now. */
async function workersIn(scope: DeploymentScope, slot: Slot): Promise<readonly string[]> {
  const { previousRelease, doorIds } = scope;
  if (previousRelease) {
    return slotServices(previousRelease).flatMap(({ role, name }) => (role === "worker" ? [name] : []));
  }
  const now = scope.release ? slotServices(scope.release) : [];
  const webs = new Set(now.flatMap(({ role, name }) => (role === "web" ? [name] : [])));
  return (await servicesIn(scope, slot)).filter((name) => !webs.has(name) && !doorIds.has(name));
}

export async function servicesIn({ stack, ports }: DeploymentScope, slot: Slot): Promise<readonly string[]> {
  const containers = await ports.observer.slotContainers(stack, slot);
  return [...new Set(containers.map(({ service }) => service))];
}

/** Best effort: cleaning never fails a good deployment. */
export const prune: StepAction<"prune"> = {
  async run({ releases }, { ports }, { progress }) {
    for (const id of releases) {
      try {
        await pruneRelease(ports, id);
      } catch (error) {
        progress(`release ${id} could not be pruned: ${describe(error).message}`);
      }
    }
  },
};
