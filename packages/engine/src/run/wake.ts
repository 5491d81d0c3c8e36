import { createDeadline, type ObservedContainer, type ObservedStack } from "@sluice/core";
import { stoppedBy } from "../actions/workers.ts";
import { settle } from "../deadline.ts";
import { report } from "../report.ts";
import { type DeploymentScope, tellOutput } from "../scope.ts";
import { startApart } from "./start-apart.ts";
import { containersInBase, containersOf, isStoppedByHand } from "./stopped-by-hand.ts";

const wakeMs = 60_000;

/**
 * An engine that comes up after a crash, without live-restore, stops what still runs, and of that starts only what has
 * `restart: always`. What ran when this deployment began and is part of the way back runs again, unless somebody stopped
 * it meanwhile: base first, as the previous needs it. What fails here is told, and keeps nothing else down.
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
  const { ports, project, plan } = scope;
  const observed = await ports.observer.observe(project, signal);
  const isDown = downIn(scope, observed);
  const changed = plan.steps.flatMap((step) => (step.kind === "workers" ? (step.replaces ?? []) : []));
  const later = withWorkers ? [] : changed;
  const isWanted = (one: ObservedContainer) => isDown(one) && !later.includes(one.id);
  await startApart(scope, containersInBase(observed).filter(isWanted), signal);
  await startApart(scope, observed.plain.filter(isWanted), signal);
  if (plan.previous) await wakePrevious(scope, observed, withWorkers, signal);
}

/** What ran in base when this deployment began. @param made services that run since */
export async function wakeBase(
  scope: DeploymentScope,
  observed: ObservedStack,
  signal: AbortSignal,
  made: readonly string[],
): Promise<void> {
  const isDown = downIn(scope, observed, made);
  const down = containersInBase(observed)
    .filter(isDown)
    .map(({ id }) => id);
  if (down.length > 0) await scope.ports.slots.startPlain(down, { signal });
}

/** What ran in the slot of the previous when this deployment began. */
export async function wakePrevious(
  scope: DeploymentScope,
  observed: ObservedStack,
  withWorkers: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { ports, plan, stack } = scope;
  if (!plan.previous) return;
  const spared = withWorkers
    ? []
    : plan.steps.flatMap((step) => (step.kind === "workers" ? stoppedBy(step, scope) : []));
  const down = observed.slots[plan.previous].containers.filter(downIn(scope, observed)).map(({ service }) => service);
  const services = [...new Set(down)].filter((service) => !spared.includes(service));
  if (services.length > 0)
    await ports.slots.start(stack, plan.previous, services, { signal, onOutput: tellOutput(scope), goesOn: true });
}

/** Picks what ran before, or was made since, does not run, and was not stopped by hand. */
function downIn({ project, ranBefore }: DeploymentScope, observed: ObservedStack, made: readonly string[] = []) {
  const all = containersOf(observed);
  const graceMs = Math.max(0, ...project.services.map(({ stopGraceMs }) => stopGraceMs));
  return (container: ObservedContainer): boolean =>
    container.state !== "running" &&
    (ranBefore.has(container.name) || made.includes(container.service)) &&
    !isStoppedByHand(container, all, graceMs);
}
