import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { isDown } from "../findings/short-services.ts";
import type { DesiredDeployment } from "../plan-deployment.ts";
import type { AddStep } from "./collect-steps.ts";
import { inTurn, type TurnScope } from "./early-jobs.ts";
import type { Removals } from "./orphans.ts";
import { addBackup } from "./plan-backup.ts";
import { addBase, type BaseDifferences, baseCause } from "./plan-base.ts";
import { addJobs } from "./plan-jobs.ts";
import { addRehearsal } from "./plan-rehearsal.ts";
import { addRestarts } from "./plan-restarts.ts";
import { differencesOf, type PlanScope } from "./plan-scope.ts";
import type { PlanStep } from "./step.ts";

const buildMs = 30 * 60_000;

interface PreparationScope extends PlanScope {
  /** Base services that the candidate may need. */
  readonly early: readonly ServiceFacts[];
  /** The slot runs this very release already. */
  readonly isWarm: boolean;
  readonly hasSlot: boolean;
}

/** Everything before the candidate's first start: images, the slot's networks, base, jobs, the slot itself. */
export function addPreparation(add: AddStep, scope: PreparationScope): void {
  const { desired, candidate, observed, active, early, removals, isWarm, hasSlot, steps } = scope;
  const { tag, bundleId, wasLive } = desired;
  const { containers, release: held } = observed.slots[candidate];
  // A build may fail, and what still runs is a way back until it did not.
  const clears = bundleId === null && containers.length > 0 && containers.every(({ state }) => isDown(state));
  if (bundleId === null) {
    const from = imagesCause(desired);
    const cause = clears ? `${from}; slot ${candidate}, where nothing runs, is emptied meanwhile` : from;
    add({ kind: "build", target: `release ${tag}`, cause, timeoutMs: buildMs, ...(clears && { clears: candidate }) });
  }
  const jobs = wasLive ? [] : active.filter(({ role }) => role === "job");
  if (!wasLive && (!isWarm || jobs.length > 0)) {
    addBackup(add, desired, observed, active);
    addRehearsal(add, desired, observed, active);
  }
  const creates = hasSlot && !isWarm;
  const holds = held ? `holds release ${held}` : "holds containers of no release";
  const isFull = containers.length > 0 && !clears;
  const differences = differencesOf(desired);
  const made = early.filter((service) => baseCause(service, observed, differences) !== undefined);
  const late = lateJobs({ made, jobs, active }, desired);
  // A job needs nothing of the slot, and takes longer. One before base is there needs an empty slot: what is in it later needs base.
  const meanwhile = creates && late.length > 0;
  const isCleared = !isWarm && isFull && !(meanwhile && late.length === jobs.length);
  if (isCleared) add({ kind: "clear", slot: candidate, target: `slot ${candidate}`, cause: holds });
  const networksCause = `slot ${candidate} needs the networks of base`;
  add({ kind: "networks", slot: candidate, target: `links of ${candidate}`, cause: networksCause });
  addTurns(add, { slot: candidate, made, base: early, jobs, active, differences, removals, steps }, desired, observed);
  const gets = `release ${tag} gets slot ${candidate}`;
  if (creates && !meanwhile) add({ kind: "create", slot: candidate, target: `slot ${candidate}`, cause: gets });
  const createsCause = meanwhile ? (isFull && !isCleared ? `${gets}, which ${holds}` : gets) : undefined;
  addJobs(add, { slot: candidate, jobs: late, createsCause }, desired, observed);
}

interface Turns extends Omit<TurnScope, "config"> {
  readonly slot: Slot;
  readonly differences: BaseDifferences;
  readonly removals: Removals;
  /** Those of base that are restarted with what is made, where they ask for it. */
  readonly base: readonly ServiceFacts[];
  /** All so far. */
  readonly steps: readonly PlanStep[];
}

/** Base services, and among them the jobs that they wait for; then what is restarted with them. @returns the jobs that none of them does */
export function addTurns(
  add: AddStep,
  { slot, differences, removals, base, steps, ...turns }: Turns,
  desired: DesiredDeployment,
  observed: ObservedStack,
): readonly ServiceFacts[] {
  for (const { service, before } of inTurn({ ...turns, config: desired.config })) {
    if (before === undefined) {
      removals.before([service]);
      addBase(add, [service], observed, differences);
    } else addJobs(add, { slot, jobs: [service], before }, desired, observed);
  }
  addRestarts(add, base, { steps, observed, differences });
  return lateJobs(turns, desired);
}

/** Those that nothing in base waits for. */
function lateJobs(turns: Omit<TurnScope, "config">, { config }: DesiredDeployment): readonly ServiceFacts[] {
  const early = inTurn({ ...turns, config });
  return turns.jobs.filter((job) => early.every(({ service }) => service !== job));
}

function imagesCause({ promotedFrom, imagesOf, hasChanges }: DesiredDeployment): string {
  if (promotedFrom) return `the images that ${promotedFrom} has proven are used: nothing is built`;
  if (hasChanges) return "the checkout holds uncommitted changes: no stored release has them";
  return imagesOf ? `the images of ${imagesOf} are used: same commit` : "no such release is stored";
}
