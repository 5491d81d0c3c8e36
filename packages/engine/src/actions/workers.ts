import type { ServiceFacts, Slot } from "@sluice/core";
import { otherSlot } from "@sluice/core";
import type { StepAction, StepCall } from "../action.ts";
import { type DeploymentScope, servicesOf, slotServices } from "../scope.ts";

/** Workers of the previous stop before the candidate's start, unless they may overlap. */
export const workers: StepAction<"workers"> = {
  async run({ slot, services, overlap }, scope, call) {
    const start = () => startWorkers(scope, slot, servicesOf(scope, services), call);
    const stop = () => stopWorkers(scope, otherSlot(slot), call);
    if (overlap) {
      await start();
      await stop();
    } else {
      await stop();
      await start();
    }
  },
  async undo({ slot, services }, scope, call) {
    await scope.ports.slots.stop(scope.stack, slot, services, call.options);
    const { previousRelease, plan } = scope;
    if (!previousRelease || !plan.previous) return;
    const before = slotServices(previousRelease).filter(({ role }) => role === "worker");
    await startWorkers(scope, plan.previous, before, call);
  },
};

async function startWorkers(
  { stack, ports }: DeploymentScope,
  slot: Slot,
  services: readonly ServiceFacts[],
  { options }: StepCall,
) {
  if (services.length === 0) return;
  await ports.slots.start(
    stack,
    slot,
    services.map(({ name }) => name),
    options,
  );
  await ports.slots.waitReady({ stack, slot, services }, options);
}

async function stopWorkers(
  { stack, ports, previousRelease, plan }: DeploymentScope,
  slot: Slot,
  { options }: StepCall,
) {
  if (!plan.previous) return;
  const names = previousRelease ? slotServices(previousRelease).filter(({ role }) => role === "worker") : [];
  if (names.length > 0)
    await ports.slots.stop(
      stack,
      slot,
      names.map(({ name }) => name),
      options,
    );
}

export const retire: StepAction<"retire"> = {
  async run({ slot, keep }, { stack, ports, previousRelease }, { options }) {
    if (keep === "removed") return ports.slots.remove(stack, slot, options);
    const services = previousRelease ? slotServices(previousRelease).map(({ name }) => name) : [];
    await ports.slots.stop(stack, slot, services, options);
  },
};

/** Best effort: cleaning never fails a good deployment. */
export const prune: StepAction<"prune"> = {
  async run({ releases }, { ports }, { progress }) {
    for (const id of releases) {
      try {
        const { bundle } = await ports.bundles.load(id);
        await ports.images.removeTags(Object.values(bundle.imageTags));
        await ports.bundles.remove(id);
      } catch (error) {
        progress(`release ${id} could not be pruned: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  },
};
