import type { Slot } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { doorId, restoredRouting, shiftedRouting } from "../doors.ts";
import { type DeploymentScope, emit } from "../scope.ts";
import { watch } from "../watch.ts";

export const shift: StepAction<"shift"> = {
  async run({ id, slot, services, share, holdMs }, scope, call) {
    const { ports, deployment } = scope;
    scope.trafficMoved = true;
    await Promise.all(
      services.map(async (service) => {
        const door = doorId(scope, service);
        const routing = shiftedRouting(await ports.router.routing(door, call.signal), scope, share);
        await ports.router.setRouting(door, routing, call.signal);
        emit(scope, { type: "share-change", deployment, service, slot, share });
      }),
    );
    if (holdMs > 0) await watch(scope, { step: id, slot, services, holdMs, at: share }, call);
  },
  async undo({ slot, services }, scope, { signal }) {
    await restore(scope, services, signal);
    // What the candidate accepted may end before anything else of it is undone.
    await drainSlot(scope, slot, services, scope.config.traffic.drain.timeout, signal);
    for (const service of services) {
      emit(scope, { type: "share-change", deployment: scope.deployment, service, slot, share: 0 });
    }
  },
};

async function restore(scope: DeploymentScope, services: readonly string[], signal: AbortSignal): Promise<void> {
  const { ports, doorIds } = scope;
  await Promise.all(
    services.map(async (service) => {
      const door = doorIds.get(service);
      if (!door) return;
      const current = await ports.router.routing(door, signal);
      await ports.router.setRouting(door, restoredRouting(scope, service, current), signal);
    }),
  );
}

export const drain: StepAction<"drain"> = {
  async run({ slot, services, drainTimeoutMs }, scope, { signal, progress }) {
    const closed = await drainSlot(scope, slot, services, drainTimeoutMs, signal);
    if (closed > 0) progress(`${closed} connections were still open after the drain budget and were closed`);
  },
};

async function drainSlot(
  { ports, doorIds }: DeploymentScope,
  slot: Slot,
  services: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number> {
  const doors = services.flatMap((service) => doorIds.get(service) ?? []);
  const drained = await Promise.all(doors.map((door) => ports.router.drain(door, slot, timeoutMs, signal)));
  return drained.reduce((total, { closed }) => total + closed, 0);
}

export const bake: StepAction<"bake"> = {
  async run({ id, slot, services, holdMs }, scope, call) {
    await watch(scope, { step: id, slot, services, holdMs, at: 100 }, call);
  },
};
