import type { Slot } from "../../model/slot.ts";
import type { ObservedDoor, ObservedStack } from "../../model/stack.ts";
import { shareOf } from "../live/live-slot.ts";
import type { DeploymentPlan, PlanStep } from "../steps/step.ts";
import type { UnfinishedDeployment } from "./recovery.ts";

/** What the record of an attempt does not tell of, and how that is known. Data: it can be shown. */
export interface Completion {
  /**
   * `doors-ahead`: users are led further than it tells of. `promoted`: they are led to the candidate for good. `imported`: they are
   * all led to the candidate, and the record was imported, so that it may be older than what came after that.
   */
  readonly why: "doors-ahead" | "promoted" | "imported";
  /** Ids of steps that may have begun, those in `done` among them, in order. */
  readonly begun: readonly string[];
  /** Ids of steps that were done, in order. */
  readonly done: readonly string[];
}

interface CompletedRecord {
  readonly record: UnfinishedDeployment;
  /** `null` where the record is complete, and was left as it is. */
  readonly completion: Completion | null;
}

/**
 * An attempt without an end as it is in truth. An intent is written before its step does anything; so where a door leads more
 * users to the candidate than any step in the record can have led there, the record is older than what it tells of, as one
 * that was imported is. All before the step that led them was done then, up to the promotion where the doors show that; and what
 * follows a cutover may have begun. Of that no door tells: of a record that is known to be imported it is taken to have begun also where
 * the cutover is the last that it has. Whether the release was stored is left to the record, which alone knows its id. Pure.
 */
export function completeRecord(unfinished: UnfinishedDeployment, observed: Doors): CompletedRecord {
  const reach = reachOf(unfinished, observed);
  if (!reach) return { record: unfinished, completion: null };
  const { steps } = unfinished.plan;
  const missing = (end: number, known: readonly string[]) =>
    steps.slice(0, end).flatMap(({ id }) => (known.includes(id) ? [] : [id]));
  const builds = steps.flatMap(({ kind, id }) => (kind === "build" ? [id] : []));
  const begun = missing(reach.begunUntil, unfinished.begun);
  const done = missing(reach.doneUntil, [...unfinished.done, ...builds]);
  if (begun.length + done.length === 0 && !reach.isPromoted) return { record: unfinished, completion: null };
  const record = {
    ...unfinished,
    isPromoted: reach.isPromoted,
    begun: [...unfinished.begun, ...begun],
    done: [...unfinished.done, ...done],
  };
  return { record, completion: { why: reach.why, begun, done } };
}

const whyWords: Readonly<Record<Completion["why"], string>> = {
  "doors-ahead": "its doors lead users further than the record says",
  promoted: "its doors lead users to its release for good",
  imported: "users reach its release, and the record was imported: it may be older than what was done since",
};

/** A completion for people, with what it takes for done and for begun. Pure. */
export function completionText({ why, begun, done }: Completion): string {
  const open = begun.filter((id) => !done.includes(id));
  return [
    whyWords[why],
    ...(done.length > 0 ? [`taken for done: ${done.join(", ")}`] : []),
    ...(open.length > 0 ? [`taken for begun: ${open.join(", ")}`] : []),
  ].join("; ");
}

type Doors = Pick<ObservedStack, "doors">;

/** How far an attempt has come at least (`done`) and at most (`begun`): indexes of the first steps that it has not come to. */
interface Reach extends Pick<Completion, "why"> {
  readonly doneUntil: number;
  readonly begunUntil: number;
  readonly isPromoted: boolean;
}

/** `null` where nothing shows that it has come further than its record tells. */
function reachOf(unfinished: UnfinishedDeployment, observed: Doors): Reach | null {
  const { plan } = unfinished;
  const { steps, candidate } = plan;
  const promotion = steps.findIndex(({ kind }) => kind === "promote");
  const ahead = doorsAhead(unfinished, observed);
  if (ahead.length === 0) {
    const mayBeOlder = unfinished.isImported === true && isCutOver(unfinished, observed);
    return mayBeOlder ? { why: "imported", doneUntil: 0, begunUntil: promotion, isPromoted: false } : null;
  }
  const promoted = promotedDoors(plan, observed);
  // Promoting again costs nothing, and takes away what it may have left.
  if (promoted.length > 0 && promoted.every((door) => isPromotedAt(door, candidate)))
    return { why: "promoted", doneUntil: promotion, begunUntil: promotion + 1, isPromoted: true };
  const doneUntil = Math.max(...ahead.map((door) => leadingStep(unfinished, door)));
  const isAllLed = ahead.some((door) => shareAt(unfinished, door) === 100);
  const begunUntil = Math.max(doneUntil, isAllLed ? promotion : doneUntil + 1);
  return { why: "doors-ahead", doneUntil, begunUntil, isPromoted: false };
}

/** Those that the promotion gives to the candidate for good. */
function promotedDoors({ steps }: DeploymentPlan, { doors }: Doors): readonly ObservedDoor[] {
  const services = new Set(steps.flatMap((step) => (step.kind === "promote" ? step.services : [])));
  return Object.values(doors).filter(({ service, state }) => services.has(service) && state !== "absent");
}

/** All doors of the last shift lead all their users to the candidate: what comes after that may have begun. */
function isCutOver(unfinished: UnfinishedDeployment, { doors }: Doors): boolean {
  const { steps } = unfinished.plan;
  const led = steps.findLast((step) => step.kind === "shift")?.services ?? [];
  const isLed = (service: string) => {
    const door = doors[service];
    return door !== undefined && shareAt(unfinished, door) === 100 && !isAstray(unfinished, service);
  };
  return led.length > 0 && led.every(isLed);
}

/** Users who were at the candidate's slot before are led away by the first step, which may not have come so far. */
function isAstray({ plan, done }: UnfinishedDeployment, service: string): boolean {
  return plan.steps.some(
    (step) => step.kind === "recover" && step.services.includes(service) && !done.includes(step.id),
  );
}

/** Doors that have come further than the steps that are known to have begun. */
function doorsAhead(unfinished: UnfinishedDeployment, { doors }: Doors): readonly ObservedDoor[] {
  const { plan, begun, done } = unfinished;
  const { steps, candidate } = plan;
  return Object.values(doors).filter((door) => {
    const { service } = door;
    if (isAstray(unfinished, service) || leadingStep(unfinished, door) < 0) return false;
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
