import type { Config } from "../config/schema.ts";
import { isApplication, isInSlot } from "../model/placement.ts";
import type { ServiceFacts } from "../model/service.ts";
import { otherSlot, type Slot } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { isDown } from "./findings/short-services.ts";
import { addLeftRunning, type LeftRunningPlan } from "./live/left-running.ts";
import { leastNeeded, liveSlot, previousSlot, warmRelease } from "./live/live-slot.ts";
import type { Heirs, MovedPorts } from "./ports/moved-ports.ts";
import { portTransfers } from "./ports/port-transfers.ts";
import { type AddStep, collectSteps } from "./steps/collect-steps.ts";
import { inTurn, type TurnScope } from "./steps/early-jobs.ts";
import { gracesOf } from "./steps/graces.ts";
import { collectRemovals, mayRemove, type Orphan, orphanHeirs, type Removals } from "./steps/orphans.ts";
import { addCopies, adoptedOf, isHeld } from "./steps/plan-adoption.ts";
import { addBackup } from "./steps/plan-backup.ts";
import {
  addBase,
  addRecreated,
  type BaseDifferences,
  baseCause,
  baseServices,
  type ChangedFiles,
  isLate,
} from "./steps/plan-base.ts";
import { addCandidate, addDoors } from "./steps/plan-candidate.ts";
import { addServingVerify } from "./steps/plan-checks.ts";
import { addEnding, addWorkers } from "./steps/plan-ending.ts";
import { planExchange } from "./steps/plan-exchange.ts";
import { addJobs } from "./steps/plan-jobs.ts";
import {
  addHandOver,
  addMissingLinks,
  addRecover,
  droppedDoors,
  handedOver,
  oldWorkers,
} from "./steps/plan-previous.ts";
import { addRehearsal } from "./steps/plan-rehearsal.ts";
import { addRestarts } from "./steps/plan-restarts.ts";
import { addShort } from "./steps/plan-short.ts";
import type { DeploymentPlan, PlanStep } from "./steps/step.ts";

/** What is wanted, as far as the planner must know it. */
export interface DesiredDeployment extends Pick<LeftRunningPlan, "held"> {
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
  /** Base services of which another one runs than the stored release has, though the checkout does not tell. */
  readonly differing?: readonly string[] | undefined;
  /** Base services that leave volumes, and are as the release that serves has them. */
  readonly asServing?: readonly string[] | undefined;
  /** What base services mount of the checkout and is other than with the release that serves. */
  readonly files?: ChangedFiles | undefined;
  /** What is in base and no part of the release, see `orphansOf`. */
  readonly orphans?: readonly Orphan[] | undefined;
  /** A release that was live is gone back to. Default: no. */
  readonly isRollback?: boolean | undefined;
  /** The release that serves where all of it is in base, see `runsInBase`. */
  readonly servesInBase?: string | null | undefined;
}

const buildMs = 30 * 60_000;

/**
 * The plan that makes the wanted release live, from what was observed. Pure. An empty list of steps means that the
 * release is live already, all of it runs, and nothing is to be done.
 */
export function planDeployment(desired: DesiredDeployment, observed: ObservedStack): DeploymentPlan {
  const { config, bundleId, servesInBase = null, replaced: serving = [], orphans = [] } = desired;
  const kind = desired.isRollback ? "rollback" : "deploy";
  const live = previousSlot(observed);
  const candidate = live ? otherSlot(live.slot) : leastNeeded(observed);
  const previous = live?.slot ?? null;
  const { steps, add } = collectSteps();
  const active = desired.services.filter((service) => service.active);
  const inSlots = active.filter(isInSlot);
  const webs = inSlots.filter((service) => service.role === "web");
  const workers = inSlots.filter((service) => service.role === "worker");
  const base = baseServices(active);
  const adopted = adoptedOf(observed, inSlots, previous, desired.replaced);

  const left = { ...desired, live, isInBase: servesInBase !== null, services: serving };
  const removals = collectRemovals(add, orphans, orphanHeirs(orphans, base, serving, observed));

  addRecover(add, observed, live, config, desired.replaced);
  addMissingLinks(add, observed, live?.slot);
  if (bundleId !== null && (live ? live.release : servesInBase) === bundleId) {
    const jobs = desired.isDataAnew ? active.filter(({ role }) => role === "job") : [];
    const slot = live?.slot ?? candidate;
    const turns = { slot, made: base, base, jobs, active, differences: desired, removals, steps };
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
    const proven = { ...desired, services: active, slot, made: namesOf(made) };
    addServingVerify(add, proven);
    removals.rest();
    addLeftRunning(add, observed, { ...left, mended: back });
    return { kind, candidate, previous, steps };
  }
  // What was kept warm has no workers that run: they were stopped when its users left it.
  const isLedBack = live !== null && live.slot !== liveSlot(observed)?.slot;
  const mended = isLedBack ? addShort(add, live.slot, serving, observed) : [];
  const isWarm = bundleId !== null && warmRelease(observed, inSlots, live) === bundleId;
  const graceMsOf = gracesOf(desired.replaced, desired.services);
  const giving = new Set(previous === null ? [] : Object.values(desired.heirs ?? {}).flat());
  const handed = handedOver(base, observed, previous);
  const unwanted = droppedDoors(observed, namesOf(webs)).filter(
    (name) => !giving.has(name) && handed.every((service) => service.name !== name),
  );
  const old = oldWorkers(observed, previous, { replaced: desired.replaced, webs: namesOf(webs), made: mended });
  // Never two of one: what stays a worker and leaves the slots stops there before it starts in base.
  const isEarly = handed.some(({ name }) => old.includes(name));
  const { differing, files, replaced } = desired;
  const differences = { isBuilt: bundleId === null, differing, files, replaced };
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
  addPreparation(add, { desired, candidate, observed, active, early, removals, isWarm, hasSlot, steps });
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
  if (desired.prunable.length > 0) {
    const cause = `releases.keep is ${config.releases.keep}`;
    const count = desired.prunable.length;
    const target = count === 1 ? "1 old release" : `${count} old releases`;
    add({ kind: "prune", releases: desired.prunable, target, cause });
  }
  return { kind, candidate, previous, steps };
}

interface PreparationScope {
  readonly desired: DesiredDeployment;
  readonly candidate: Slot;
  readonly observed: ObservedStack;
  readonly active: readonly ServiceFacts[];
  /** Base services that the candidate may need. */
  readonly early: readonly ServiceFacts[];
  readonly removals: Removals;
  readonly isWarm: boolean;
  readonly hasSlot: boolean;
  /** All so far. */
  readonly steps: readonly PlanStep[];
}

/** Everything before the candidate's first start: images, the slot's networks, base, jobs, the slot itself. */
function addPreparation(add: AddStep, scope: PreparationScope): void {
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
  const { differing, asServing, files, replaced } = desired;
  const differences: BaseDifferences = { isBuilt: bundleId === null, differing, asServing, files, replaced };
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
function addTurns(
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

/** A service of the release that serves and does not run is no reason to touch anything else. */
function isDownInBase({ base }: ObservedStack, name: string): boolean {
  const state = base[name]?.state ?? "absent";
  return state === "absent" || state === "stopped";
}

function namesOf(services: readonly ServiceFacts[]): readonly string[] {
  return services.map(({ name }) => name);
}
