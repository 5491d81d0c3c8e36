import { isApplication } from "../../model/placement.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { addLeftRunning } from "../live/left-running.ts";
import type { AddStep } from "./collect-steps.ts";
import { addCopies } from "./plan-adoption.ts";
import { addRecreated } from "./plan-base.ts";
import { addDoors } from "./plan-candidate.ts";
import { addServingVerify } from "./plan-checks.ts";
import { addJobs } from "./plan-jobs.ts";
import { addTurns } from "./plan-preparation.ts";
import { differencesOf, namesOf, type PlanScope } from "./plan-scope.ts";
import { addShort } from "./plan-short.ts";

/** What the release that is wanted and serves already is short of, in its place: nothing where all of it runs. */
export function addMending(add: AddStep, scope: PlanScope): void {
  const { desired, observed, live, candidate, active, inSlots, webs, base, adopted, left, removals, steps } = scope;
  const { config } = desired;
  const jobs = desired.isDataAnew ? active.filter(({ role }) => role === "job") : [];
  const slot = live?.slot ?? candidate;
  const turns = { slot, made: base, base, jobs, active, differences: differencesOf(desired), removals, steps };
  addJobs(add, { slot, jobs: addTurns(add, turns, desired, observed) }, desired, observed);
  addRecreated(
    add,
    base.filter(({ name, role, replicas }) => isApplication(role) && replicas > 0 && isDownInBase(observed, name)),
    observed,
  );
  const back = live ? addShort(add, live.slot, inSlots, observed) : [];
  addDoors(add, webs, observed, desired);
  const beside = [...adopted.copies, ...adopted.workers, ...adopted.giving];
  addCopies(add, beside, { config, taken: [], hasCandidate: false });
  const made = base.filter(({ name, role }) => role === "data" && isDownInBase(observed, name));
  addServingVerify(add, { ...desired, services: active, slot, made: namesOf(made) });
  removals.rest();
  addLeftRunning(add, observed, { ...left, mended: back });
}

/** A service of the release that serves and does not run is no reason to touch anything else. */
function isDownInBase({ base }: ObservedStack, name: string): boolean {
  const state = base[name]?.state ?? "absent";
  return state === "absent" || state === "stopped";
}
