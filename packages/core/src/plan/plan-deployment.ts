import type { Config } from "../config/schema.ts";
import { isApplication } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { ObservedStack } from "../model/stack.ts";
import { addLeftRunning, type LeftRunningPlan } from "./live/left-running.ts";
import { liveSlot, warmRelease } from "./live/live-slot.ts";
import type { Heirs, MovedPorts } from "./ports/moved-ports.ts";
import { portTransfers } from "./ports/port-transfers.ts";
import { type AddStep, collectSteps } from "./steps/collect-steps.ts";
import { gracesOf } from "./steps/graces.ts";
import { mayRemove, type Orphan } from "./steps/orphans.ts";
import { isHeld } from "./steps/plan-adoption.ts";
import { addBase, addRecreated, type BaseDifferences, isLate } from "./steps/plan-base.ts";
import { addCandidate } from "./steps/plan-candidate.ts";
import { addEnding, addWorkers } from "./steps/plan-ending.ts";
import { planExchange } from "./steps/plan-exchange.ts";
import { addMending } from "./steps/plan-mending.ts";
import { addPreparation } from "./steps/plan-preparation.ts";
import {
  addHandOver,
  addMissingLinks,
  addRecover,
  droppedDoors,
  handedOver,
  oldWorkers,
} from "./steps/plan-previous.ts";
import { addRestarts } from "./steps/plan-restarts.ts";
import { createPlanScope, differencesOf, namesOf, type PlanScope } from "./steps/plan-scope.ts";
import { addShort } from "./steps/plan-short.ts";
import type { DeploymentPlan } from "./steps/step.ts";

/** What only the steps of base need. */
type OfBase = Pick<BaseDifferences, "differing" | "asServing" | "files">;

/** What is wanted, as far as the planner must know it. */
export interface DesiredDeployment extends Pick<LeftRunningPlan, "held">, OfBase {
  readonly tag: string;
  readonly services: readonly ServiceFacts[];
  readonly config: Config;
  /** Id of the release's bundle where one exists already: nothing is built. */
  readonly bundleId: string | null;
  /** Release whose images are used because it is of the same commit; `null` where images must be built. */
  readonly imagesOf: string | null;
  /** What is built is more than its commit names. Default: no. */
  readonly hasChanges?: boolean | undefined;
  /** Stack that has proven the release, whose images are used. */
  readonly promotedFrom?: string | undefined;
  /** The release was live before, and data is not of before that: its jobs ran, and an old release's migrations must not run on newer data. */
  readonly wasLive: boolean;
  /** What any release did to the data is gone with it, see `dataAnew`: also the release that serves runs its jobs. Default: not. */
  readonly isDataAnew?: boolean | undefined;
  /** Services of the release that serves, as it was made. Absent where there is none or its bundle is gone. */
  readonly replaced?: readonly ServiceFacts[] | undefined;
  /** Web services that no door can lead to in both releases; see `movedPorts`. */
  readonly movedPorts?: MovedPorts | undefined;
  /** Web services that take the port of one that goes; see `portHeirs`. */
  readonly heirs?: Heirs | undefined;
  /** Bundles beyond retention; never the ones a slot needs. */
  readonly prunable: readonly string[];
  /** Requests a minute that users made in the last hour, for `steps: auto`; `null` where nobody counted them. */
  readonly requestsPerMinute?: number | null | undefined;
  /** Replace the doors although they are current. */
  readonly replaceDoors?: boolean | undefined;
  /** That the release that serves may not live with the migration is agreed to. */
  readonly acceptIncompatible?: boolean | undefined;
  /** What is in base and no part of the release, see `orphansOf`. */
  readonly orphans?: readonly Orphan[] | undefined;
  /** A release that was live is gone back to. Default: no. */
  readonly isRollback?: boolean | undefined;
  /** The release that serves where all of it is in base, see `runsInBase`. */
  readonly servesInBase?: string | null | undefined;
}

/**
 * The plan that makes the wanted release live, from what was observed. Pure. An empty list of steps means that the
 * release is live already, all of it runs, and nothing is to be done.
 */
export function planDeployment(desired: DesiredDeployment, observed: ObservedStack): DeploymentPlan {
  const { steps, add } = collectSteps();
  const scope = createPlanScope(desired, observed, { steps, add });
  const { live, candidate, previous } = scope;
  const { bundleId, servesInBase = null } = desired;
  addRecover(add, observed, live, desired.config, desired.replaced);
  addMissingLinks(add, observed, live?.slot);
  const serves = live ? live.release : servesInBase;
  if (bundleId !== null && serves === bundleId) addMending(add, scope);
  else addRelease(add, scope);
  return { kind: desired.isRollback ? "rollback" : "deploy", candidate, previous, steps };
}

/** From what the candidate needs to what is removed once it is live. */
function addRelease(add: AddStep, scope: PlanScope): void {
  const { desired, observed, live, candidate, previous, serving, active, inSlots, webs, base } = scope;
  const { adopted, left, removals, steps } = scope;
  const { config, bundleId, replaced, orphans = [] } = desired;
  // What was kept warm has no workers that run: they were stopped when its users left it.
  const isLedBack = live !== null && live.slot !== liveSlot(observed)?.slot;
  const mended = isLedBack ? addShort(add, live.slot, serving, observed) : [];
  const isWarm = bundleId !== null && warmRelease(observed, inSlots, live) === bundleId;
  const graceMsOf = gracesOf(replaced, desired.services);
  const workers = inSlots.filter((service) => service.role === "worker");
  const giving = new Set(previous === null ? [] : Object.values(desired.heirs ?? {}).flat());
  const handed = handedOver(base, observed, previous);
  const unwanted = droppedDoors(observed, namesOf(webs)).filter(
    (name) => !giving.has(name) && handed.every((service) => service.name !== name),
  );
  const old = oldWorkers(observed, previous, { replaced, webs: namesOf(webs), made: mended });
  // Never two of one: what stays a worker and leaves the slots stops there before it starts in base.
  const isEarly = handed.some(({ name }) => old.includes(name));
  const differences = differencesOf(desired);
  const addLate = (service: ServiceFacts) => {
    if (handed.includes(service) && !old.includes(service.name))
      addHandOver(add, service, previous, { traffic: config.traffic, graceMsOf });
    removals.before([service]);
    if (isApplication(service.role)) addRecreated(add, [service], observed, desired);
    else addBase(add, [service], observed, differences);
  };
  const beside = [...adopted.giving, ...adopted.copies];
  const transfers = portTransfers(serving, active, observed);
  const exchange = planExchange(add, {
    transfers,
    desired,
    webs: previous === null ? [] : webs.filter(({ name }) => !isHeld(beside, name)),
    late: base.filter((one) => (isLate(one, replaced, observed) || handed.includes(one)) && !old.includes(one.name)),
    handed,
    dropped: unwanted,
    leaving: orphans.filter(mayRemove).map(({ service }) => service),
    removals,
    addLate,
  });
  const isOpen = ({ name }: ServiceFacts) => !exchange.names.includes(name);
  const early = base.filter((service) => !isLate(service, replaced, observed) && isOpen(service));
  const hasSlot = inSlots.length > 0;
  addPreparation(add, { ...scope, early, isWarm, hasSlot });
  const dropped = unwanted.filter((name) => !exchange.names.includes(name));
  addCandidate(add, { candidate, previous, webs, dropped, adopted, observed, desired, isWarm, exchange, transfers });
  const changing = { workers, oldWorkers: old, replaced: adopted.workers };
  if (isEarly) addWorkers(add, { ...changing, slot: candidate, graceMsOf });
  const late = base.filter((service) => isLate(service, replaced, observed) && isOpen(service));
  for (const service of late.toSorted((a, b) => Number(a.role === "edge") - Number(b.role === "edge")))
    addLate(service);
  addRestarts(add, base, { steps, observed, differences });
  const open = isEarly ? { workers: [], oldWorkers: [], replaced: [] } : changing;
  const { tag, services } = desired;
  // Of anything else that leaves the slots only the door goes: what it led to runs on, for the way back.
  const leaving = [...old, ...namesOf(handed.filter(({ role }) => isApplication(role)))];
  const ending = { candidate, previous, webs, dropped, leaving, observed, graceMsOf, config, hasSlot, tag, services };
  addEnding(add, { ...ending, ...open });
  removals.rest();
  // Once the release is live it does not matter whether what was in base could be seen to run there.
  const isInBase = left.isInBase || observed.remembered?.slot === null;
  addLeftRunning(add, observed, { ...left, isInBase, spared: candidate });
  addPrune(add, desired);
}

function addPrune(add: AddStep, { prunable, config }: DesiredDeployment): void {
  if (prunable.length === 0) return;
  const cause = `releases.keep is ${config.releases.keep}`;
  const target = prunable.length === 1 ? "1 old release" : `${prunable.length} old releases`;
  add({ kind: "prune", releases: prunable, target, cause });
}
