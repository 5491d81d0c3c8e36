import { createDeadline, type PlanStep, type Slot, slotServices } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { settle } from "../deadline.ts";
import { doorId, isNew, restoredRouting, servedBefore, shiftedRouting } from "../run/doors.ts";
import { type DeploymentScope, emit, releaseOf } from "../scope.ts";
import { recordedData } from "../watch/recorded-windows.ts";
import { watch } from "../watch/watch.ts";
import { hasEdgesToUndo, putBackEdges, rereadAsWanted } from "./renewed-edges.ts";
import { answers, reviveDoor } from "./revive-doors.ts";

export const shift: StepAction<"shift"> = {
  async run({ id, slot, services, share, holdMs }, scope, call) {
    const { ports, deployment } = scope;
    scope.run.usersMovedAt ??= ports.clock.now();
    const lead = (led: readonly string[]) =>
      Promise.all(
        led.map(async (service) => {
          const door = doorId(scope, service);
          const routing = shiftedRouting(await ports.router.routing(door, call.signal), scope, share);
          await ports.router.setRouting(door, routing, call.signal);
          emit(scope, { type: "share-change", deployment, service, slot, share });
        }),
      );
    const kept = new Set(slotServices(releaseOf(scope).bundle.services).map(({ name }) => name));
    await lead(services.filter((service) => kept.has(service)));
    if (share === 100 && services.some((service) => isNew(scope, service))) {
      await rereadAsWanted(scope, call.options);
    }
    // Under the old names a proxy of the project has led users until now.
    await lead(services.filter((service) => !kept.has(service)));
    if (share === 100) scope.run.cutoverAtMs = ports.clock.monotonicMs();
    if (holdMs > 0) await watch(scope, { step: id, slot, services, holdMs, at: share }, call);
    if (share < 100) return recordedData(scope.recorded);
  },
  async undo({ slot, services, share }, scope, { signal, options }) {
    const ours = services.filter((service) => !isTakenOver(scope, service) && !isNeeded(scope, service));
    const led = await withoutDeadNew(scope, ours, signal);
    const restore = (some: readonly string[]) =>
      Promise.all(some.map((service) => restoreRoute(scope, service, slot, signal)));
    await restore(led.filter((service) => !isNew(scope, service)));
    // Under the new names a proxy of the project has led users until now.
    if (share === 100 && services.some((service) => isNew(scope, service))) await putBackEdges(scope, options);
    await restore(led.filter((service) => isNew(scope, service)));
    // What the candidate accepted may end before anything else of it is undone.
    await drainSlot(scope, slot, led, scope.config.traffic.drain.timeout, signal);
  },
};

/**
 * The way back is no route of this door: until the container that gave up its port can have it again, or the door that
 * leads to the previous is back, the candidate must answer.
 */
export function isTakenOver(scope: DeploymentScope, service: string): boolean {
  return scope.plan.steps.some(
    (step) =>
      (step.kind === "adopt" && step.services.includes(service) && !servedBefore(scope, service)) ||
      (step.kind === "door" && step.cutsOver === true && step.service === service),
  );
}

/**
 * Without new services whose doors are down: nobody is led there, nothing is under way, and there is nowhere to lead them back to.
 * One that misses an answer may run all the same, which the engine tells.
 */
async function withoutDeadNew(
  scope: DeploymentScope,
  services: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const isSilent = await Promise.all(
    services.map(async (name) => isNew(scope, name) && !(await answers(scope, name, signal))),
  );
  if (!isSilent.includes(true)) return services;
  const { doors } = await scope.ports.observer.observe(scope.project, signal);
  const runs = (name: string) => !["absent", "stopped", undefined].includes(doors[name]?.state);
  return services.filter((name, at) => !isSilent[at] || runs(name));
}

/** A proxy of the project leads users to the new name until that is put back; the door goes when its own step is undone. */
function isNeeded(scope: DeploymentScope, service: string): boolean {
  const isMade = scope.plan.steps.some((step) => step.kind === "door" && step.service === service && !step.replaces);
  return isMade && isNew(scope, service) && hasEdgesToUndo(scope);
}

/** Users of a service to where they were before this deployment. `slot` is the one they leave. */
export async function restoreRoute(
  scope: DeploymentScope,
  service: string,
  slot: Slot,
  signal: AbortSignal,
): Promise<void> {
  const { ports, doorIds, deployment } = scope;
  const door = doorIds.get(service);
  if (!door) return;
  const current = await ports.router.routing(door, signal).catch(async () => {
    signal.throwIfAborted();
    // Dead, it leads users nowhere at all.
    await reviveDoor(scope, service, { signal });
    return ports.router.routing(doorId(scope, service), signal);
  });
  const wanted = restoredRouting(scope, service, current);
  const isMoved = current.stable !== wanted.stable || current.share !== wanted.share;
  if (!isMoved && !current.testers) return;
  await ports.router.setRouting(doorId(scope, service), wanted, signal);
  if (!isMoved) return;
  emit(scope, { type: "share-change", deployment, service, slot, share: 0 });
}

/**
 * Gives users back to the previous at once, ahead of everything else that is undone. What fails here is tried again,
 * and told, by the undo of the steps.
 */
export async function restoreRoutes(scope: DeploymentScope, begun: readonly PlanStep[]): Promise<void> {
  const { plan, ports } = scope;
  scope.run.undoing = begun.at(-1);
  if (plan.previous === null) return;
  const services = new Set(
    begun.flatMap((step) => (step.kind === "shift" || step.kind === "promote" ? step.services : [])),
  );
  using deadline = createDeadline(ports.clock, routeBudgetMs);
  const { signal } = deadline;
  // Users of a new service were not anywhere before: a proxy of the project is led elsewhere first, by the undo of the shift.
  const led = [...services].filter((service) => !isTakenOver(scope, service) && !isNew(scope, service));
  const work = led.map((service) => restoreRoute(scope, service, plan.candidate, signal));
  await Promise.allSettled(work.map((each) => settle(ports.clock, signal, each)));
}

const routeBudgetMs = 10_000;

/** The budget runs from the cutover: what was done since, as the change of workers, is part of it. */
export const drain: StepAction<"drain"> = {
  async run({ slot, services, drainTimeoutMs }, scope, { signal, progress }) {
    const now = scope.ports.clock.monotonicMs();
    const left = Math.max(0, (scope.run.cutoverAtMs ?? now) + drainTimeoutMs - now);
    const closed = await drainSlot(scope, slot, services, left, signal);
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
    await watch(scope, { step: id, slot, services, holdMs, at: 100, asksWorkers: true }, call);
  },
};
