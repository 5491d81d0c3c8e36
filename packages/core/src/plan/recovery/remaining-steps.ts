import type { ObservedStack } from "../../model/stack.ts";
import { shareOf } from "../live/live-slot.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "../steps/step.ts";
import { takesOver } from "./complete-record.ts";
import type { UnfinishedDeployment } from "./recovery.ts";

/**
 * What is not done, or is not so any more whatever the record says, and what lived only with the run that did it. That an undo
 * had begun may be missing in the record: until the release is promoted workers are changed once more, and a slot that is empty
 * was taken back. A backup and a rehearsal of an earlier run are as old as that: they are made once more as long as nothing can have
 * migrated since, or what has was undone. What migrated, and whose work was taken from the data, does it again until then, and the candidate is proven on what comes of that. Pure.
 *
 * @param isFinal the candidate is promoted
 */
export function remainingSteps(
  unfinished: UnfinishedDeployment,
  observed: ObservedStack,
  isFinal: boolean,
): readonly PlanStep[] {
  const { plan, done } = unfinished;
  const takenBack = isFinal ? [] : stepsTakenBack(unfinished, observed);
  const again = isFinal ? [] : stepsForData(unfinished);
  const isUnsure = (step: PlanStep) =>
    takenBack.includes(step) ||
    again.includes(step) ||
    (step.kind === "workers" && !isFinal) ||
    isOutdatedCare(step, unfinished, takenBack);
  const open = plan.steps.filter((step) => !done.includes(step.id) || isUnsure(step));
  // The way to a preview is known only to the run that made it, and needed until the service's own door leads there.
  const isPreviewed = (service: string) => open.some((step) => step.kind === "adopt" || takesOver(step, service));
  const remaining = plan.steps.filter(
    (step) => open.includes(step) || (step.kind === "preview-door" && isPreviewed(step.service)),
  );
  const isFilled = (step: PlanStep) => done.includes(step.id) && !takenBack.includes(step);
  return remaining.map((step) => (again.includes(step) && isFilled(step) ? inFilledSlot(step) : step));
}

/**
 * What is done once more because what migrated did is not on the data any more. An application that runs does not migrate: its slot is
 * filled anew, unless users may be there; then it is only proven.
 */
function stepsForData({ plan, begun, takenFromData }: UnfinishedDeployment): readonly PlanStep[] {
  if (!takenFromData) return [];
  const { jobs, isBegunAgain } = takenFromData;
  const first = plan.steps.findIndex(({ id }) => jobs.includes(id));
  const isByStart = plan.steps[first]?.kind === "start";
  if (isByStart && plan.steps.some((step) => begun.includes(step.id) && mayLeadUsers(step)))
    return plan.steps.filter((step, index) => step.kind === "verify" && index > first);
  return plan.steps.filter((step, index) => {
    if (isCare(step)) return !isBegunAgain;
    if (isByStart) return hasUndo(step);
    const isProof = (step.kind === "start" && !step.mends) || step.kind === "verify";
    return jobs.includes(step.id) || (isProof && index > first);
  });
}

/** Users are at the candidate, or no more at what it takes a port from. */
function mayLeadUsers(step: PlanStep): boolean {
  if (step.kind === "door") return step.cutsOver === true;
  return leading.has(step.kind);
}

const leading: ReadonlySet<StepKind> = new Set(["shift", "adopt", "workers", "recreate", "close", "remove"]);

/** A job alone: the containers of the candidate are there, and users may be. */
function inFilledSlot(step: PlanStep): PlanStep {
  if (step.kind !== "job") return step;
  const { creates: _creates, ...alone } = step;
  return alone;
}

/**
 * What was written since the run that took them is neither in the backup, nor was the migration rehearsed with it. Once that may have
 * begun, a backup of now would hold what came of it, and the one of before is the way back; where it was taken back with the slot, users
 * have gone on writing, and it begins anew. A record that was imported does not tell whether it has: that may have been where it was
 * exported, and since.
 */
function isOutdatedCare(
  step: PlanStep,
  { plan, begun, isImported }: Pick<UnfinishedDeployment, "plan" | "begun" | "isImported">,
  takenBack: readonly PlanStep[],
): boolean {
  if (isImported === true || !isCare(step)) return false;
  const migrating = plan.steps.slice(plan.steps.indexOf(step) + 1).filter(mayMigrate);
  const [first] = migrating;
  return !migrating.some(({ id }) => begun.includes(id)) || (first !== undefined && takenBack.includes(first));
}

/** What is done for the data before anything may migrate it. Pure. */
export function isCare({ kind }: PlanStep): boolean {
  return kind === "backup" || kind === "rehearse";
}

/** A job, or the application itself, where it runs for the first time. Pure. */
export function mayMigrate(step: PlanStep): boolean {
  if (step.kind === "start") return !step.mends;
  return step.kind === "job" || step.kind === "recreate" || step.kind === "workers";
}

/** Steps that were undone, whatever the record says. */
function stepsTakenBack(unfinished: UnfinishedDeployment, observed: ObservedStack): readonly PlanStep[] {
  const { plan } = unfinished;
  return isSlotGone(unfinished, observed) ? plan.steps.filter(hasUndo) : sharesTakenBack(plan, observed);
}

/** The slot of the candidate was made, and nothing is in it: an undo has removed it, and all that came after. */
function isSlotGone({ plan, done }: UnfinishedDeployment, { slots }: ObservedStack): boolean {
  const isMade = plan.steps.some(
    (step) => done.includes(step.id) && (step.kind === "create" || (step.kind === "job" && step.creates === true)),
  );
  return isMade && slots[plan.candidate].containers.length === 0;
}

/** These leave something that no undo takes away. */
function hasUndo(step: PlanStep): boolean {
  return step.kind !== "build" && !isCare(step);
}

/**
 * Shares that users do not have, whatever the record says, and what follows from having them: an undo gives users back to
 * the previous before it says that it undoes anything.
 */
function sharesTakenBack({ steps, candidate }: DeploymentPlan, observed: ObservedStack): readonly PlanStep[] {
  const isTakenBack = (step: PlanStep) =>
    step.kind === "shift" &&
    step.services.some((service) => {
      const routing = observed.doors[service]?.routing;
      return routing ? routing.stable !== null && shareOf(routing, candidate) < step.share : false;
    });
  const first = steps.findIndex(isTakenBack);
  return first < 0 ? [] : steps.filter((step, index) => index >= first && followsShares.has(step.kind));
}

const followsShares: ReadonlySet<StepKind> = new Set(["shift", "approval", "drain", "bake"]);
