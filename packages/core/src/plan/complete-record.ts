import type { Slot } from "../model/slot.ts";
import type { ObservedDoor, ObservedStack } from "../model/stack.ts";
import { shareOf } from "./live-slot.ts";
import type { UnfinishedDeployment } from "./recovery.ts";
import type { DeploymentPlan, PlanStep } from "./step.ts";

/**
 * An attempt without an end as it is in truth. An intent is written before its step does anything; so where a door leads more
 * users to the candidate than any step in the record can have led there, the record is older than what it tells of, as one
 * that was imported is. All before the step that led them was done then, up to the promotion where the doors show that; and what
 * follows a cutover may have begun. Whether the release was stored is left to the record, which alone knows its id. Pure; a
 * record that is complete stays as it is.
 */
export function completeRecord(unfinished: UnfinishedDeployment, observed: Doors): UnfinishedDeployment {
  const { plan, begun, done } = unfinished;
  const { steps, candidate } = plan;
  const ahead = doorsAhead(unfinished, observed);
  if (ahead.length === 0) return unfinished;
  const promotion = steps.findIndex(({ kind }) => kind === "promote");
  const promoted = promotedDoors(plan, observed);
  const isPromoted = promoted.length > 0 && promoted.every((door) => isPromotedAt(door, candidate));
  // Promoting again costs nothing, and takes away what it may have left.
  const doneUntil = isPromoted ? promotion : Math.max(...ahead.map((door) => leadingStep(unfinished, door)));
  const isCutOver = ahead.some((door) => shareAt(unfinished, door) === 100);
  const begunUntil = isPromoted ? promotion + 1 : Math.max(doneUntil, isCutOver ? promotion : doneUntil + 1);
  const idsUntil = (end: number) => steps.slice(0, end).map(({ id }) => id);
  const builds = steps.flatMap(({ kind, id }) => (kind === "build" ? [id] : []));
  return {
    ...unfinished,
    isPromoted,
    begun: [...new Set([...begun, ...idsUntil(begunUntil)])],
    done: [...new Set([...done, ...idsUntil(doneUntil).filter((id) => !builds.includes(id))])],
  };
}

type Doors = Pick<ObservedStack, "doors">;

/** Those that the promotion gives to the candidate for good. */
function promotedDoors({ steps }: DeploymentPlan, { doors }: Doors): readonly ObservedDoor[] {
  const services = new Set(steps.flatMap((step) => (step.kind === "promote" ? step.services : [])));
  return Object.values(doors).filter(({ service, state }) => services.has(service) && state !== "absent");
}

/** Doors that have come further than the steps that are known to have begun. */
function doorsAhead(unfinished: UnfinishedDeployment, { doors }: Doors): readonly ObservedDoor[] {
  const { plan, begun, done } = unfinished;
  const { steps, candidate } = plan;
  // Users who were at the candidate's slot before are led away by the first step, which may not have come so far.
  const isAstray = (service: string) =>
    steps.some((step) => step.kind === "recover" && step.services.includes(service) && !done.includes(step.id));
  return Object.values(doors).filter((door) => {
    const { service } = door;
    if (isAstray(service) || leadingStep(unfinished, door) < 0) return false;
    const led = steps.map((step) => (begun.includes(step.id) ? ledBy(step, service) : 0));
    const promotes = steps.some(({ kind, id }) => kind === "promote" && !done.includes(id));
    return shareAt(unfinished, door) > Math.max(0, ...led) || (promotes && isPromotedAt(door, candidate));
  });
}

function isPromotedAt({ routing }: ObservedDoor, candidate: Slot): boolean {
  return routing?.stable === candidate && routing.share === 0;
}

/** Percent of the users of a door that it leads to the candidate; none come to one that was to take over and did not yet. */
export function shareAt(
  { plan, done }: Pick<UnfinishedDeployment, "plan" | "done">,
  { service, routing, isUnreached }: ObservedDoor,
): number {
  const isWaiting =
    isUnreached === true && plan.steps.some((step) => takesOver(step, service) && !done.includes(step.id));
  return routing === null || isWaiting ? 0 : shareOf(routing, plan.candidate);
}

/** Index of the first step that leads as many users of a door to the candidate as reach it; -1 where none does. */
function leadingStep(unfinished: UnfinishedDeployment, door: ObservedDoor): number {
  const share = shareAt(unfinished, door);
  return share === 0 ? -1 : unfinished.plan.steps.findIndex((step) => ledBy(step, door.service) >= share);
}

/** Percent of the users of a service that a step leads to the candidate. */
function ledBy(step: PlanStep, service: string): number {
  if (step.kind === "shift") return step.services.includes(service) ? step.share : 0;
  return takesOver(step, service) ? 100 : 0;
}

/** Users of a service change over to the candidate with this step, all at once: its port, or its door, changes hands. */
export function takesOver(step: PlanStep, service: string): boolean {
  return (
    (step.kind === "adopt" && step.services.includes(service)) ||
    (step.kind === "door" && step.cutsOver === true && step.service === service)
  );
}
