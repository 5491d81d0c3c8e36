import type { ObservedContainer, ObservedStack } from "@sluice/core";
import { createDeadline, settle } from "./deadline.ts";
import { report } from "./report.ts";
import { type DeploymentScope, slotServices } from "./scope.ts";

const wakeMs = 60_000;

/** Names of the containers that run: what an engine must not leave down. */
export function runningIn(observed: ObservedStack): ReadonlySet<string> {
  return new Set(all(observed).flatMap(({ name, state }) => (state === "running" ? [name] : [])));
}

function all({ base, plain, slots }: ObservedStack): readonly ObservedContainer[] {
  const inBase = Object.values(base).flatMap(({ containers }) => containers);
  return [...inBase, ...plain, ...slots.blue.containers, ...slots.green.containers];
}

/**
 * An engine that comes up after a crash, without live-restore, stops what still runs, and of that starts only what has
 * `restart: always`. What ran when this deployment began and is part of the way back runs again: base first, as the
 * previous needs it. What fails here is told.
 *
 * @param withWorkers not before those of the candidate are gone
 */
export async function wake(scope: DeploymentScope, withWorkers: boolean): Promise<void> {
  const { clock } = scope.ports;
  using deadline = createDeadline(clock, wakeMs);
  try {
    await settle(clock, deadline.signal, wakeWithin(scope, withWorkers, deadline.signal));
  } catch (error) {
    report(scope, error);
  }
}

async function wakeWithin(scope: DeploymentScope, withWorkers: boolean, signal: AbortSignal): Promise<void> {
  const { ports, project, plan, previousRelease, ranBefore, stack } = scope;
  const observed = await ports.observer.observe(project, signal);
  const isDown = ({ name, state }: ObservedContainer) => state !== "running" && ranBefore.has(name);
  const base = Object.values(observed.base).flatMap(({ containers }) => containers.filter(isDown));
  const plain = observed.plain.filter(isDown);
  for (const down of [base, plain]) {
    if (down.length > 0)
      await ports.slots.startPlain(
        down.map(({ id }) => id),
        { signal },
      );
  }
  if (!plan.previous) return;
  const workers = new Set(
    (previousRelease ? slotServices(previousRelease) : []).flatMap(({ role, name }) =>
      role === "worker" ? [name] : [],
    ),
  );
  const down = observed.slots[plan.previous].containers.filter(isDown).map(({ service }) => service);
  const services = [...new Set(down)].filter((service) => withWorkers || !workers.has(service));
  if (services.length > 0) await ports.slots.start(stack, plan.previous, services, { signal });
}
