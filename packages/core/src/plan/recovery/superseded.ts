import { isInSlot } from "../../model/placement.ts";
import { type Slot, slots } from "../../model/slot.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { isDown } from "../findings/short-services.ts";
import { shareOf } from "../live/live-slot.ts";
import type { DeploymentPlan, PlanStep } from "../steps/step.ts";
import { type Beside, goneBeside, keptBeside } from "./kept-beside.ts";
import type { UnfinishedDeployment } from "./recovery.ts";

type Attempt = Pick<UnfinishedDeployment, "deployment" | "plan" | "done">;
type Seen = Pick<ObservedStack, "slots" | "doors">;

/**
 * Why an attempt without an end is over although its record, which is older than what the engine shows, does not say so:
 * something that came after it holds a slot, or has led users away from what it had promoted. Nothing of the stack is its
 * own then, and slots that were its own may serve another release. Ids of deployments sort as they came. Pure.
 *
 * @returns `undefined` where nothing came after it
 */
export function supersededBy({ deployment, plan, done }: Attempt, { slots: seen, doors }: Seen): string | undefined {
  for (const slot of slots) {
    const later = seen[slot].containers.find((container) => (container.deployment ?? "") > deployment);
    if (later)
      return `deployment ${later.deployment} came after it, and slot ${slot} holds its release ${later.release}`;
  }
  const { previous } = plan;
  const promotion = plan.steps.find(({ kind }) => kind === "promote");
  if (previous === null || promotion?.kind !== "promote" || !done.includes(promotion.id)) return undefined;
  const led = promotion.services.flatMap((service) => doors[service]?.routing ?? []);
  const isLedBack = led.length > 0 && led.every((routing) => shareOf(routing, previous) === 100);
  return isLedBack ? `its release was promoted, and users were led back to slot ${previous} since` : undefined;
}

/**
 * Why a person alone can say what becomes of an attempt: its record was imported, and as it makes nothing in slots and leads users
 * through no door, neither of both would show what came after it. Pure.
 *
 * @returns `undefined` where something would
 */
export function untoldSince({
  plan,
  isImported,
}: Pick<UnfinishedDeployment, "plan" | "isImported">): string | undefined {
  const isSeen = plan.steps.some((step) => step.kind === "shift" || makesSlot(step));
  if (isImported !== true || isSeen) return undefined;
  return "its record was imported, and nothing shows whether another release came after it";
}

/**
 * Why an attempt must not be undone: users may well reach the candidate, as doors lead them there or do not say where they lead,
 * and of what they would be led back to some service does not run. Pure.
 *
 * @returns `undefined` where nothing keeps it from being undone
 */
export function onlyRunning(attempt: WayOut, seen: Seen & Beside): string | undefined {
  const { blue, green } = seen.slots;
  if (!mayBeReached(attempt.plan, seen)) return undefined;
  const inSlots = { blue: blue.containers, green: green.containers };
  return aloneBeside(attempt, inSlots, goneBeside(attempt, seen)) ?? aloneInCandidate(attempt, inSlots);
}

type WayOut = Pick<UnfinishedDeployment, "deployment" | "plan" | "begun" | "before">;

/**
 * As `onlyRunning`, of an attempt whose users are led already. Each service that the candidate has taken over must run in the slot
 * of the previous as well, where its release has it there, and some must at all. What runs beside the slots, workers that were
 * changed, and what has left the slots its undo starts again. Pure.
 */
export function aloneInCandidate(attempt: WayOut, inSlots: InSlots): string | undefined {
  const { candidate, previous } = attempt.plan;
  const alone = findAlone(attempt, inSlots)?.alone;
  return (
    alone && `${alone.join(", ")} runs in slot ${candidate} alone: there is nothing in slot ${previous} to go back to`
  );
}

/**
 * As `onlyRunning`, of what has given way beside the slots: an undo starts that again, and cannot where somebody has removed some of
 * it since. Each of its services that the candidate runs as well keeps that where it is; workers do only where users are led to nothing. Pure.
 *
 * @param gone ids of containers that are not there any more
 */
export function aloneBeside(attempt: WayOut, inSlots: InSlots, gone: readonly string[]): string | undefined {
  const { plan, begun } = attempt;
  const own = ownOf(attempt, inSlots);
  const lost = plan.steps.flatMap((step): readonly string[] => {
    const removed = keptBeside(step).filter((id) => gone.includes(id));
    if (removed.length === 0 || !begun.includes(step.id)) return [];
    if (step.kind === "workers") return isShifted(plan) ? [] : step.services;
    if (step.kind !== "adopt") return [];
    const { services, serving } = step;
    return serving ? services.filter((name) => serving[name]?.some((id) => removed.includes(id))) : services;
  });
  const alone = lost.filter((service) => own.has(service));
  if (alone.length === 0) return undefined;
  return `${alone.join(", ")} runs in slot ${plan.candidate} alone: what served it beside the slots is removed`;
}

/**
 * What a person may do about an attempt that is not undone for that, as `onlyRunning` says. Pure.
 *
 * @param isStored without a stored release it cannot be finished
 */
export function aloneHint(attempt: WayOut, seen: Pick<Seen, "slots"> & Beside, isStored: boolean): string {
  const { previous } = attempt.plan;
  const { blue, green } = seen.slots;
  const inSlots = { blue: blue.containers, green: green.containers };
  const finishes = isStored ? "sluice resume finishes it; " : "";
  const goesOn = `sluice deploy --accept-not-undone${previous === null ? "" : ", or rollback,"} goes on from what runs now`;
  if (aloneBeside(attempt, inSlots, goneBeside(attempt, seen)) !== undefined)
    return isStored ? `${finishes}where it cannot be finished, ${goesOn}` : goesOn;
  const gone = findAlone(attempt, inSlots)?.gone ?? [];
  const there = previous === null ? [] : inSlots[previous].filter(({ service }) => gone.includes(service));
  const isThere = gone.every((service) => there.some((container) => container.service === service));
  const down = there.filter(({ state }) => isDown(state)).map(({ name }) => name);
  if (isThere && down.length > 0) return `${finishes}docker start ${down.join(" ")}, and then sluice abort undoes it`;
  if (!isStored) return goesOn;
  return `${finishes}sluice rollback then makes the version before anew; where it cannot be finished, ${goesOn}`;
}

type InSlots = Readonly<Record<Slot, readonly ObservedContainer[]>>;

/** Services that the candidate alone runs, and those that the previous should run to be gone back to. */
function findAlone(
  attempt: WayOut,
  inSlots: InSlots,
): { readonly alone: readonly string[]; readonly gone: readonly string[] } | undefined {
  const { plan } = attempt;
  const { previous } = plan;
  if (previous === null) return undefined;
  const changed = changedOver(attempt);
  const own = ownOf(attempt, inSlots);
  const taken = changed.filter((service) => own.has(service));
  if (taken.length === 0) return undefined;
  const heirs = heirsIn(plan);
  const stopped = stoppedBy(attempt);
  const asked = [...changed, ...heirs.keys()].filter((service) => !stopped.includes(service));
  const led = ledBack(attempt, asked, inSlots[previous]);
  const back = running(inSlots[previous]);
  const gone = led.filter((service) => !back.has(service));
  if (gone.length === 0) return undefined;
  const lost = gone
    .flatMap((service) => [service, ...(heirs.get(service) ?? [])])
    .filter((service) => own.has(service));
  const alone = gone.length === led.length ? taken : lost;
  return alone.length === 0 ? undefined : { alone, gone };
}

/** Services that run in the slot of the candidate, and are its own there. */
function ownOf({ deployment, plan }: WayOut, inSlots: InSlots): ReadonlySet<string> {
  const isMade = plan.steps.some(makesSlot);
  return running(inSlots[plan.candidate].filter((one) => !isMade || one.deployment === deployment));
}

/** Containers of the candidate bear the id of a plan that makes them; those of a warm slot are of one before it. */
function makesSlot(step: PlanStep): boolean {
  return step.kind === "create" || (step.kind === "job" && step.creates === true);
}

function running(containers: readonly ObservedContainer[]): ReadonlySet<string> {
  return new Set(containers.flatMap(({ service, state }) => (state === "running" ? [service] : [])));
}

/**
 * Those of the services that an undo leads back to the previous. Where nobody knows what its release has there, they are what its slot
 * holds of them, or all where it holds nothing at all.
 */
function ledBack(
  { plan, before }: WayOut,
  services: readonly string[],
  held: readonly ObservedContainer[],
): readonly string[] {
  if (!before) {
    return services.filter((name) => held.length === 0 || held.some(({ service }) => service === name));
  }
  const role = isShifted(plan) ? "web" : "worker";
  const had = before.filter((one) => one.active && one.role === role && isInSlot(one) && one.replicas > 0);
  return services.filter((service) => had.some(({ name }) => name === service));
}

/** What it has stopped in the slot of the previous, and its undo starts again there. */
function stoppedBy({ plan, begun }: Pick<UnfinishedDeployment, "plan" | "begun">): readonly string[] {
  return plan.steps.flatMap((step) => {
    if (!begun.includes(step.id)) return [];
    if (step.kind === "close") return step.leaves ? step.service : [];
    return step.kind === "workers" ? (step.stops ?? []) : [];
  });
}

function mayBeReached({ candidate }: DeploymentPlan, { doors }: Seen): boolean {
  const routings = Object.values(doors).flatMap(({ routing }) => routing ?? []);
  return routings.length === 0 || routings.some((routing) => shareOf(routing, candidate) > 0);
}

/** By service of the previous: those through which its users come in the release that is deployed, as where it was renamed. */
function heirsIn({ steps }: DeploymentPlan): ReadonlyMap<string, readonly string[]> {
  return new Map(
    steps.flatMap((step): (readonly [string, readonly string[]])[] => {
      if (step.kind === "door") return (step.frees ?? []).map((service) => [service, [step.service]]);
      return step.kind === "close" && step.heirs ? [[step.service, step.heirs]] : [];
    }),
  );
}

/** Services that users, or else work, change over from slot to slot; workers only as long as that has not begun. */
function changedOver({ plan, begun }: Pick<UnfinishedDeployment, "plan" | "begun">): readonly string[] {
  const { steps } = plan;
  const given = steps.flatMap((step) => (step.kind === "adopt" ? step.services : []));
  const shifted = steps.flatMap((step) => (step.kind === "shift" ? step.services : []));
  if (isShifted(plan)) return [...new Set(shifted)].filter((service) => !given.includes(service));
  return steps.flatMap((step) =>
    step.kind === "workers" && !step.replaces && !begun.includes(step.id) ? step.services : [],
  );
}

function isShifted({ steps }: DeploymentPlan): boolean {
  return steps.some((step) => step.kind === "shift" && step.services.length > 0);
}
