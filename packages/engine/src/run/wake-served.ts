import {
  createDeadline,
  isBehindDoor,
  isDown,
  type ObservedContainer,
  type ObservedStack,
  type ServiceFacts,
  type Slot,
  type StateFinding,
  type StoredRelease,
  shortFindings,
  shortServices,
  slotServices,
} from "@sluice/core";
import { settle } from "../deadline.ts";
import { baseOf, observedAs } from "../prepare/base-as-released.ts";
import { isOver } from "../prepare/lost-base.ts";
import { report } from "../report.ts";
import { type DeploymentScope, emit, tellOutput } from "../scope.ts";
import { startApart } from "./start-apart.ts";
import { containersOf, isStoppedByHand } from "./stopped-by-hand.ts";
import { type Unserved, wakeBeside } from "./wake-beside.ts";

const lookMs = 30_000;
/** Beside what the services may take to become ready. */
const startMs = 60_000;

/**
 * After a complete undo by a later run: users are served by what they were led back to. A machine that was restarted meanwhile has left
 * down what no restart policy starts, and that run never saw it run. What is down of the slot, and of what it has in base, is started
 * unless somebody stopped it: what is in base first. So is what served where no slot did. What fails here, and what does not run after it, is told.
 *
 * @returns `undefined` where users are served, and where it cannot be seen
 */
export async function wakeServed(scope: DeploymentScope): Promise<Unserved | undefined> {
  const { previousRelease, plan } = scope;
  if (!plan.previous) return wakeBeside(scope);
  if (!previousRelease) return undefined;
  const { services } = previousRelease.bundle;
  try {
    const seen = await look(scope, previousRelease);
    const isShort = shortServices(services, seen.slots[plan.previous]).length > 0;
    await startDown(scope, services, plan.previous, seen).catch((error: unknown) => report(scope, error));
    if (!isShort) return undefined;
    const findings = shortFindings(await look(scope, previousRelease), services);
    for (const { unserved: _unserved, ...finding } of findings) emit(scope, { type: "finding", finding });
    return unservedIn(services, findings);
  } catch (error) {
    report(scope, error);
    return undefined;
  }
}

function unservedIn(services: readonly ServiceFacts[], findings: readonly StateFinding[]): Unserved | undefined {
  const unserved = findings.filter((finding) => finding.unserved !== undefined);
  if (unserved.length === 0) return undefined;
  const shut = unserved.flatMap(({ service }) => service ?? []);
  const isAnyServed = services.some((one) => isBehindDoor(one) && one.replicas > 0 && !shut.includes(one.name));
  return { why: unserved.map(({ message }) => message).join("; "), shut: isAnyServed ? shut : [] };
}

async function look(scope: DeploymentScope, release: StoredRelease): Promise<ObservedStack> {
  const { clock } = scope.ports;
  using deadline = createDeadline(clock, lookMs);
  const { signal } = deadline;
  return (await settle(clock, signal, observedAs(scope, release, signal))).observed;
}

/** @param services of the release in the slot */
async function startDown(
  scope: DeploymentScope,
  services: readonly ServiceFacts[],
  slot: Slot,
  seen: ObservedStack,
): Promise<void> {
  const { stack, ports } = scope;
  const all = containersOf(seen);
  const graceMs = Math.max(0, ...services.map(({ stopGraceMs }) => stopGraceMs));
  const isWanted = (one: ObservedContainer) => isDown(one.state) && !isStoppedByHand(one, all, graceMs);
  const short = shortServices(services, seen.slots[slot]).filter(({ down }) => down.some(isWanted));
  const wanted = slotServices(services).filter(({ name }) => short.some(({ service }) => service === name));
  const base = baseOf({ services }).flatMap((one) => {
    const { containers = [] } = seen.base[one.name] ?? {};
    return one.replicas === 0 || isOver(one, containers) ? [] : containers.filter(isWanted);
  });
  if (wanted.length === 0 && base.length === 0) return;
  const names = wanted.map(({ name }) => name);
  using deadline = createDeadline(
    ports.clock,
    Math.max(0, ...wanted.map(({ startBudget }) => startBudget.timeoutMs)) + startMs,
  );
  const { signal } = deadline;
  const start = async () => {
    await startApart(scope, base, signal);
    if (names.length === 0) return;
    const starting = ports.slots.start(stack, slot, names, { signal, onOutput: tellOutput(scope), goesOn: true });
    await tellFailures([starting]);
    // What has not started ends no wait for the others: whether those serve is asked next.
    await tellFailures(wanted.map((one) => ports.slots.waitReady({ stack, slot, services: [one] }, { signal })));
  };
  const tellFailures = async (work: readonly Promise<unknown>[]) => {
    const results = await Promise.allSettled(work);
    signal.throwIfAborted();
    for (const result of results) if (result.status === "rejected") report(scope, result.reason);
  };
  await settle(ports.clock, signal, start());
}
