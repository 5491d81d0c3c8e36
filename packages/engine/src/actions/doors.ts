import { otherSlot } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { closedRouting, doorRequest, restoredRouting } from "../doors.ts";

export const door: StepAction<"door"> = {
  async run({ service }, scope, { options }) {
    scope.doorIds.set(service, await scope.ports.doors.ensure(await doorRequest(scope, service), options));
  },
  // A door that leads to the previous is worth keeping; one that leads nowhere is not: its ports must be free again.
  async undo({ service, replaces }, scope, { options }) {
    const { plan, ports, stack, previousRelease } = scope;
    const servedBefore =
      plan.previous !== null && previousRelease?.bundle.services.some(({ name }) => name === service);
    if (!servedBefore && !replaces) await ports.doors.remove(stack, service, options);
  },
};

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
  async run({ services, containers }, scope, { options, progress }) {
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
    progress(`${containers.length} containers of plain Compose stopped; they are kept until the candidate is proven`);
  },
  async undo({ services, containers }, { ports, stack }, { options }) {
    for (const service of services) await ports.doors.remove(stack, service, options);
    await ports.slots.startPlain(containers, options);
  },
};

export const promote: StepAction<"promote"> = {
  async run({ slot, services }, scope, { signal, options }) {
    const { ports, doorIds, plan } = scope;
    for (const service of services) {
      const id = doorIds.get(service);
      if (!id) continue;
      const { salt } = await ports.router.routing(id, signal);
      await ports.router.setRouting(id, { stable: slot, share: 0, salt }, signal);
    }
    const adopted = plan.steps.flatMap((step) => (step.kind === "adopt" ? step.containers : []));
    await ports.slots.removePlain(adopted, options);
  },
  async undo({ services }, scope, { signal }) {
    const { ports, doorIds } = scope;
    for (const service of services) {
      const id = doorIds.get(service);
      if (!id) continue;
      await ports.router.setRouting(
        id,
        restoredRouting(scope, service, await ports.router.routing(id, signal)),
        signal,
      );
    }
  },
};
