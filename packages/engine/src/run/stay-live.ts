import { createDeadline, type ObservedStack, SluiceError, slotServices } from "@sluice/core";
import { answers } from "../actions/revive-doors.ts";
import { waitDoors } from "../actions/verify.ts";
import { settle } from "../deadline.ts";
import { baseOf } from "../prepare/base-as-released.ts";
import { isOver } from "../prepare/lost-base.ts";
import { type DeploymentScope, servingSlot, tellOutput } from "../scope.ts";
import { doorRequest } from "./doors.ts";
import { untilEngineAnswers } from "./engine-away.ts";
import { rereadNames } from "./reread-names.ts";
import { containersInBase } from "./stopped-by-hand.ts";
import { wakeBase, wakePrevious } from "./wake.ts";

/** Beside what its services may take to become ready. */
const stayMs = 60_000;
const doorMs = 30_000;
const lookMs = 10_000;

/**
 * A release that is promoted runs when its deployment ends. An engine that was restarted meanwhile may have left down
 * what it is made of, and nobody else would start that: base first, then its own containers and doors, and the previous
 * where that is kept warm. A door that somebody stopped since it led to the release is brought back as well: nobody comes
 * in without it. Where the engine was there all the time, and the doors answer, nothing is touched.
 *
 * @throws SluiceError ENGINE_UNREACHABLE, NOT_READY, START_FAILED and others, where it does not come up again
 */
export async function stayLive(scope: DeploymentScope): Promise<void> {
  const { release } = scope;
  if (!release || slotServices(release.bundle.services).length === 0) return;
  if ((await wasThere(scope)) && (await doorsAnswer(scope))) return;
  if (scope.run.engine === "gone") {
    throw new SluiceError("ENGINE_UNREACHABLE", "the Docker engine went away after that and has not come back");
  }
  const { clock } = scope.ports;
  const budgets = slotServices(release.bundle.services).map(({ startBudget }) => startBudget.timeoutMs);
  using deadline = createDeadline(clock, Math.max(...budgets) + stayMs);
  await settle(clock, deadline.signal, comeUp(scope, deadline.signal));
}

/** An engine that was restarted between two questions to it was not seen to be away, and left nothing running. */
async function wasThere(scope: DeploymentScope): Promise<boolean> {
  const { ports, stack } = scope;
  await untilEngineAnswers(scope);
  if (scope.run.engine !== undefined) return false;
  using deadline = createDeadline(ports.clock, lookMs);
  const { signal } = deadline;
  try {
    const look = ports.observer.slotContainers(stack, servingSlot(scope), signal);
    const containers = await settle(ports.clock, signal, look);
    return containers.length === 0 || containers.some(({ state }) => state === "running");
  } catch {
    return !(await untilEngineAnswers(scope)) && scope.run.engine === undefined;
  }
}

async function doorsAnswer(scope: DeploymentScope): Promise<boolean> {
  const { clock } = scope.ports;
  using deadline = createDeadline(clock, lookMs);
  const { signal } = deadline;
  const asked = websOf(scope).map((name) => settle(clock, signal, answers(scope, name, signal)).catch(() => false));
  if ((await Promise.all(asked)).every((isThere) => isThere)) return true;
  await untilEngineAnswers(scope);
  return false;
}

function websOf({ release }: DeploymentScope): readonly string[] {
  return (release ? slotServices(release.bundle.services) : []).flatMap(({ name, role }) =>
    role === "web" ? [name] : [],
  );
}

async function comeUp(scope: DeploymentScope, signal: AbortSignal): Promise<void> {
  const { ports, stack, plan, project, release } = scope;
  const slot = servingSlot(scope);
  const services = release ? slotServices(release.bundle.services) : [];
  const observed = await ports.observer.observe(project, signal);
  await wakeBase(scope, observed, signal, madeInBase(scope, observed));
  const down = observed.slots[slot].containers.filter(({ state }) => state !== "running");
  const names = [...new Set(down.map(({ service }) => service))];
  if (names.length > 0) await ports.slots.start(stack, slot, names, { signal, onOutput: tellOutput(scope) });
  await ports.slots.waitReady({ stack, slot, services }, { signal });
  for (const name of websOf(scope)) await openDoor(scope, name, signal);
  await waitDoors(scope, slot, doorMs, signal);
  const isRetired = plan.steps.some((step) => step.kind === "retire" && step.keep !== "warm");
  if (slot === plan.candidate && !isRetired && !scope.run.previousIsCold)
    await wakePrevious(scope, observed, false, signal);
}

/** Services that this deployment made in base, but for those that have nothing left to do. */
function madeInBase({ plan, release }: DeploymentScope, observed: ObservedStack): readonly string[] {
  const inBase = containersInBase(observed);
  const own = release ? baseOf(release.bundle) : [];
  const over = own.filter((one) =>
    isOver(
      one,
      inBase.filter(({ service }) => service === one.name),
    ),
  );
  const made = plan.steps.flatMap((step) => (step.kind === "base" || step.kind === "recreate" ? [step.service] : []));
  return made.filter((service) => over.every(({ name }) => name !== service));
}

async function openDoor(scope: DeploymentScope, service: string, signal: AbortSignal): Promise<void> {
  if (await answers(scope, service, signal)) return;
  const request = await doorRequest(scope, service, { stable: servingSlot(scope), share: 0, salt: 0 });
  scope.doorIds.set(service, await scope.ports.doors.ensure(request, { signal }));
  await rereadNames(scope, { signal });
}
