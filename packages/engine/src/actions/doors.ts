import { type CallOptions, otherSlot, type PlanStep, type Slot, SluiceError, slotServices } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { assertProven, proveImages } from "../prepare/image-proof.ts";
import { notStored } from "../record/not-stored.ts";
import { describe } from "../report.ts";
import { closedRouting, doorRequest, isNew, servedBefore } from "../run/doors.ts";
import { rereadNames } from "../run/reread-names.ts";
import { type DeploymentScope, emit, releaseOf, servicesOf } from "../scope.ts";
import { assertWorkersRun } from "./prove-workers.ts";
import { emptyDoor, graceMs, removeInUse } from "./remove-in-use.ts";
import { putBackEdges, rereadAsBefore } from "./renewed-edges.ts";
import { isTakenOver, restoreRoute } from "./traffic.ts";
import { assertStillReached, waitDoors } from "./verify.ts";

export const door: StepAction<"door"> = {
  async run({ service, cutsOver, frees = [], putsBack = [], renews }, scope, { options }) {
    const { ports, plan } = scope;
    const routing = cutsOver ? ({ stable: otherSlot(plan.candidate), share: 100, salt: 0 } as const) : undefined;
    const request = await doorRequest(scope, service, routing);
    const beforeStart = async () => {
      await Promise.all(frees.map((giving) => removeInUse(scope, giving, otherSlot(plan.candidate), options)));
    };
    const before = scope.doorIds.get(service);
    if (putsBack.length > 0) await putBackEdges(scope, options, putsBack);
    const id = await ports.doors.ensure(request, { ...options, renew: renews, beforeStart });
    scope.doorIds.set(service, id);
    // A proxy of the project would read what this release has written for it: of a new service only once users are led to that.
    if (id !== before && (cutsOver === true || !isNew(scope, service))) await rereadNames(scope, options);
    if (cutsOver) await removePreview(scope, service);
  },
  // A door that leads to the previous is worth keeping; one that leads nowhere is not: its ports must be free again.
  async undo(step, scope, { options }) {
    const { service, replaces, cutsOver, frees = [] } = step;
    const { ports, stack, plan } = scope;
    if (!servedBefore(scope, service)) {
      if (!replaces && cutsOver) await removeInUse(scope, service, plan.candidate, options);
      else if (!replaces) await ports.doors.remove(stack, service, options);
      for (const giving of frees) if (takesAwayFirst(step, scope, giving)) await leadBack(scope, giving, true, options);
      return;
    }
    // Of one that is as the previous wants it, and answers, nothing is touched.
    await leadBack(scope, service, cutsOver === true, options);
  },
};

/** Two steps may take the same door away. All of its ports are free again only once the first of them, the last, is undone. */
function takesAwayFirst({ id }: PlanStep, { plan }: DeploymentScope, service: string): boolean {
  const takesAway = (step: PlanStep) =>
    step.kind === "door" ? step.frees?.includes(service) === true : step.kind === "close" && step.service === service;
  return plan.steps.find(takesAway)?.id === id;
}

/** There must be a door that leads to the previous, and the previous knows how it was. */
async function leadBack(
  scope: DeploymentScope,
  service: string,
  hasCutOver: boolean,
  options: CallOptions,
): Promise<void> {
  const { ports, plan, previousRelease, doorIds } = scope;
  if (!servedBefore(scope, service)) return;
  if (!previousRelease) {
    // One that users did not change over by leads to both.
    if (hasCutOver) throw notStored(`users cannot be led back to where the version before listened for ${service}`);
    return;
  }
  doorIds.delete(service);
  const routing = hasCutOver ? { stable: plan.previous, share: 0, salt: 0 } : undefined;
  const request = await doorRequest(scope, service, routing, previousRelease);
  const id = await ports.doors.ensure(request, options);
  doorIds.set(service, id);
  await rereadAsBefore(scope, options);
  if (!routing) return;
  // One that was there still keeps the routing it has, and may have been emptied to be removed.
  const { stable, share } = await ports.router.routing(id, options.signal);
  if (stable !== routing.stable || share !== 0) await ports.router.setRouting(id, routing, options.signal);
}

export const previewDoor: StepAction<"preview-door"> = {
  async run({ service }, scope, { options }) {
    const request = await doorRequest(scope, service, closedRouting);
    scope.previewIds.set(service, await scope.ports.doors.ensurePreview(request, options));
  },
  undo: ({ service }, scope) => removePreview(scope, service),
};

async function removePreview({ ports, stack, previewIds }: DeploymentScope, service: string): Promise<void> {
  previewIds.delete(service);
  await ports.doors.removePreview(stack, service);
}

/**
 * One service after the other: its door is made ready, then what runs of it beside the slots stops and the door has its
 * ports. One gap, as short as it can be; none where no port changes hands, as the door answers beside what it follows on.
 */
export const adopt: StepAction<"adopt"> = {
  async run({ services, containers, serving, removes = [] }, scope, { options, progress }) {
    const { ports, plan, config } = scope;
    const holders = new Set(portHolders(scope, services));
    const stop = (ids: readonly string[]) => ports.slots.stopPlain(ids, config.traffic.drain.timeout, options);
    for (const service of services.toSorted((a, b) => Number(holders.has(a)) - Number(holders.has(b)))) {
      const giveWay = () => stop(serving?.[service] ?? containers);
      // Users go straight to the candidate: the container that served them is the one that gave up the port.
      const request = await doorRequest(scope, service, { stable: otherSlot(plan.candidate), share: 100, salt: 0 });
      const hooks = holders.has(service) ? { beforeStart: giveWay } : {};
      scope.doorIds.set(service, await ports.doors.ensure(request, { ...options, ...hooks }));
      await giveWay();
      await rereadNames(scope, options);
      await removePreview(scope, service);
    }
    await stop(containers);
    if (removes.length > 0) await ports.slots.removePlain(removes, options);
    const kept = containers.length - removes.length;
    if (kept > 0) progress(`${kept} containers beside the slots stopped; they are kept until the candidate is proven`);
  },
  async undo({ services, restarts }, scope, { options }) {
    const { ports, stack, plan } = scope;
    // Where the previous had a door users are led back there; any other is of no use, and holds ports.
    const made = services.filter((service) => !servedBefore(scope, service));
    if (made.length + restarts.length === 0) return;
    await assertThere(scope, restarts, options);
    const holders = portHolders(scope, made);
    await Promise.all(holders.map((service) => removeInUse(scope, service, plan.candidate, options)));
    await ports.slots.startPlain(restarts, options);
    await rereadAsBefore(scope, options);
    const others = made.filter((service) => !holders.includes(service));
    // Who is refused here goes to what has just been started, which has the same name.
    await Promise.all(others.map((service) => ports.doors.remove(stack, service, { ...options, graceMs })));
    if (others.length > 0) await rereadNames(scope, options);
  },
};

/** Users stay where they are where there is nothing to start again for them. @throws SluiceError START_FAILED */
async function assertThere({ ports }: DeploymentScope, ids: readonly string[], { signal }: CallOptions): Promise<void> {
  if (ids.length === 0) return;
  const gone = await ports.observer.gone(ids, signal);
  if (gone.length === 0) return;
  const names = gone.map((id) => id.slice(0, 12)).join(", ");
  const message = `what served beside the slots cannot be started again: somebody has removed ${names}`;
  throw new SluiceError("START_FAILED", message, { hint: "sluice resume finishes the deployment" });
}

/** Two containers cannot publish the same port at once, nor have the same fixed address. */
function portHolders(scope: DeploymentScope, services: readonly string[]): readonly string[] {
  const { model } = releaseOf(scope);
  const isFixed = (name: string) =>
    Object.values(model.services[name]?.networks ?? {}).some((network) => network?.ipv4_address !== undefined);
  return servicesOf(scope, services).flatMap(({ name, ports }) => (ports.length > 0 || isFixed(name) ? [name] : []));
}

export const promote: StepAction<"promote"> = {
  async run({ id: step, slot, services }, scope, { signal, options, progress }) {
    const { ports, doorIds, plan } = scope;
    await assertImages(scope, step, slot, signal);
    // They have reached it before: only a hiccup of their checks is waited for.
    await waitDoors(scope, slot, 15_000, signal);
    await assertStillReached(scope, slot, signal);
    await assertWorkersRun(scope, step, slot, signal);
    for (const service of services) {
      const id = doorIds.get(service);
      if (!id) continue;
      const { salt } = await ports.router.routing(id, signal);
      await ports.router.setRouting(id, { stable: slot, share: 0, salt }, signal);
    }
    const adopted = plan.steps.flatMap((step) => {
      if (step.kind === "adopt") return step.containers;
      return step.kind === "workers" ? (step.replaces ?? []) : [];
    });
    if (adopted.length > 0) await clearAway(adopted);

    /** The candidate is promoted: that something stopped is still there must not take it back. */
    async function clearAway(containers: readonly string[]): Promise<void> {
      try {
        await ports.slots.removePlain(containers, options);
      } catch (error) {
        progress(`containers beside the slots could not be removed: ${describe(error).message}`);
      }
    }
  },
  async undo({ slot, services }, scope, { signal }) {
    // Users of a new service go on to it until a proxy of the project is led elsewhere, by the undo of the shift.
    const led = services.filter((service) => !isTakenOver(scope, service) && !isNew(scope, service));
    for (const service of led) await restoreRoute(scope, service, slot, signal);
  },
};

export const close: StepAction<"close"> = {
  async run({ service, leaves }, scope, { signal, options }) {
    const { ports, stack, plan } = scope;
    if (!leaves) return removeInUse(scope, service, otherSlot(plan.candidate), options);
    await keepAddresses(scope, service, leaves);
    await emptyDoor(scope, service, leaves, signal);
    scope.doorIds.delete(service);
    await ports.doors.remove(stack, service, options);
    await ports.slots.stop(stack, leaves, [service], options);
  },
  async undo(step, scope, { options }) {
    const { service, leaves, heirs } = step;
    if (leaves) await startLeft(scope, service, leaves, options);
    if ((heirs || leaves) && takesAwayFirst(step, scope, service)) await leadBack(scope, service, true, options);
  },
};

/** What a service left in the slot of the previous. @throws SluiceError RELEASE_UNKNOWN where that is not stored */
async function startLeft(scope: DeploymentScope, service: string, slot: Slot, options: CallOptions): Promise<void> {
  const { ports, stack, previousRelease } = scope;
  if (!previousRelease) throw notStored(`the door of ${service} was removed`);
  const services = slotServices(previousRelease.bundle.services).filter(({ name }) => name === service);
  if (services.length === 0) return;
  await ports.slots.start(stack, slot, [service], { ...options, goesOn: true });
  await ports.slots.waitReady({ stack, slot, services }, options);
}

/** A door that an undo makes again must find the containers in the slot where this one does: what was asked for stays given. */
async function keepAddresses({ ports, previousRelease }: DeploymentScope, service: string, slot: Slot): Promise<void> {
  const web = (previousRelease ? slotServices(previousRelease.bundle.services) : []).find(
    ({ name, role }) => name === service && role === "web",
  );
  if (previousRelease && web) await ports.doors.addresses(previousRelease.model, web, slot);
}

/** Nothing becomes the stable version that is not, by its ids and in all its services, the release it is called. */
async function assertImages(scope: DeploymentScope, step: string, slot: Slot, signal: AbortSignal): Promise<void> {
  const { ports, stack, deployment } = scope;
  const containers = await ports.observer.slotContainers(stack, slot, signal);
  const verdict = proveImages(releaseOf(scope).bundle, containers);
  // A release that has nothing in slots has nothing to show.
  if (verdict.result === "pass" && containers.length === 0) return;
  emit(scope, { type: "verdict", deployment, step, verdict });
  assertProven(verdict);
}
