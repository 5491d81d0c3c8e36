import { type CallOptions, otherSlot, type Slot } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { closedRouting, doorRequest, servedBefore } from "../doors.ts";
import { assertProven, proveImages } from "../image-proof.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, emit, releaseOf } from "../scope.ts";
import { answers } from "./revive-doors.ts";
import { isTakenOver, restoreRoute } from "./traffic.ts";
import { waitDoors } from "./verify.ts";

export const door: StepAction<"door"> = {
  async run({ service, cutsOver, frees = [], renews }, scope, { options }) {
    const { ports, stack, plan } = scope;
    if (cutsOver) scope.trafficMoved = true;
    const routing = cutsOver ? ({ stable: otherSlot(plan.candidate), share: 100, salt: 0 } as const) : undefined;
    const request = await doorRequest(scope, service, routing);
    const beforeStart = async () => {
      for (const giving of frees) {
        await ports.doors.remove(stack, giving, options);
        scope.doorIds.delete(giving);
      }
    };
    scope.doorIds.set(service, await ports.doors.ensure(request, { ...options, renew: renews, beforeStart }));
    if (cutsOver) await ports.doors.removePreview(stack, service);
  },
  // A door that leads to the previous is worth keeping; one that leads nowhere is not: its ports must be free again.
  async undo({ service, replaces, cutsOver, frees = [] }, scope, { signal, options }) {
    const { ports, stack, previousRelease } = scope;
    if (!servedBefore(scope, service)) {
      if (!replaces) await ports.doors.remove(stack, service, options);
      for (const giving of frees) await leadBack(scope, giving, true, options);
      return;
    }
    if (!previousRelease || (!cutsOver && (await answers(scope, service, signal)))) return;
    await leadBack(scope, service, cutsOver === true, options);
  },
};

/** There must be a door that leads to the previous, and the previous knows how it was. */
async function leadBack(
  scope: DeploymentScope,
  service: string,
  hasCutOver: boolean,
  options: CallOptions,
): Promise<void> {
  const { ports, plan, previousRelease, doorIds } = scope;
  if (!previousRelease || !servedBefore(scope, service)) return;
  doorIds.delete(service);
  const routing = hasCutOver ? { stable: plan.previous, share: 0, salt: 0 } : undefined;
  const request = await doorRequest(scope, service, routing, previousRelease);
  doorIds.set(service, await ports.doors.ensure(request, options));
}

export const previewDoor: StepAction<"preview-door"> = {
  async run({ service }, scope, { options }) {
    const request = await doorRequest(scope, service, closedRouting);
    scope.doorIds.set(service, await scope.ports.doors.ensurePreview(request, options));
  },
  async undo({ service }, { stack, ports }) {
    await ports.doors.removePreview(stack, service);
  },
};

/** The doors are made ready, then what plain Compose runs stops and they start: one gap, as short as it can be. */
export const adopt: StepAction<"adopt"> = {
  async run({ services, containers, restarts }, scope, { options, progress }) {
    const { ports, plan, stack, config } = scope;
    const grace = config.traffic.drain.timeout;
    let stopped = false;
    const beforeStart = async () => {
      if (stopped) return;
      await ports.slots.stopPlain(containers, grace, options);
      stopped = true;
    };
    for (const service of services) {
      // Users go straight to the candidate: the container that served them is the one that gave up the port.
      const request = await doorRequest(scope, service, { stable: otherSlot(plan.candidate), share: 100, salt: 0 });
      scope.trafficMoved = true;
      scope.doorIds.set(service, await ports.doors.ensure(request, { ...options, beforeStart }));
      await ports.doors.removePreview(stack, service);
    }
    await beforeStart();
    if (restarts.length === 0) return ports.slots.removePlain(containers, options);
    progress(`${containers.length} containers of plain Compose stopped; they are kept until the candidate is proven`);
  },
  // A second copy beside the slots is nothing that anyone must have back.
  async undo({ services, restarts }, { ports, stack }, { options }) {
    if (restarts.length === 0) return;
    for (const service of services) await ports.doors.remove(stack, service, options);
    await ports.slots.startPlain(restarts, options);
  },
};

export const promote: StepAction<"promote"> = {
  async run({ id: step, slot, services }, scope, { signal, options, progress }) {
    const { ports, doorIds, plan } = scope;
    await assertImages(scope, step, slot, signal);
    // They have reached it before: only a hiccup of their checks is waited for.
    await waitDoors(scope, slot, 15_000, signal);
    for (const service of services) {
      const id = doorIds.get(service);
      if (!id) continue;
      const { salt } = await ports.router.routing(id, signal);
      await ports.router.setRouting(id, { stable: slot, share: 0, salt }, signal);
    }
    const adopted = plan.steps.flatMap((step) => (step.kind === "adopt" ? step.containers : []));
    if (adopted.length > 0) await clearAway(adopted);

    /** The candidate is promoted: that something stopped is still there must not take it back. */
    async function clearAway(containers: readonly string[]): Promise<void> {
      try {
        await ports.slots.removePlain(containers, options);
      } catch (error) {
        progress(`containers of plain Compose could not be removed: ${describe(error).message}`);
      }
    }
  },
  async undo({ slot, services }, scope, { signal }) {
    const led = services.filter((service) => !isTakenOver(scope, service));
    for (const service of led) await restoreRoute(scope, service, slot, signal);
  },
};

export const close: StepAction<"close"> = {
  async run({ service }, { ports, stack }, { options }) {
    await ports.doors.remove(stack, service, options);
  },
};

/** Nothing becomes the stable version that is not, by its ids, the release it is called. */
async function assertImages(scope: DeploymentScope, step: string, slot: Slot, signal: AbortSignal): Promise<void> {
  const { ports, stack, deployment } = scope;
  const containers = await ports.observer.slotContainers(stack, slot, signal);
  if (containers.length === 0) return;
  const verdict = proveImages(releaseOf(scope).bundle, containers);
  emit(scope, { type: "verdict", deployment, step, verdict });
  assertProven(verdict);
}
