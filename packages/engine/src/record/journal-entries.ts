import {
  type DeploymentKind,
  type DeploymentPlan,
  isCare,
  type JournalEntry,
  type JournalRecord,
  keptForWayBack,
  type ModelChanges,
  mayMigrate,
  type Observation,
  type OrderKind,
  type Outcome,
  type ReleaseBundle,
  type ServiceFacts,
  type Serving,
  type UnfinishedDeployment,
} from "@sluice/core";
import type { StepData } from "../action.ts";
import { givenOrders, pausedText, restoreControl } from "../control/control-state.ts";
import { condemnedBy } from "./condemned.ts";

export interface DeploymentStart extends JournalEntry {
  readonly type: "deployment-start";
  readonly deployment: string;
  readonly kind: DeploymentKind;
  readonly tag: string;
  /** Id of the release's bundle; `null` until the build step has stored it. */
  readonly bundle: string | null;
  readonly previousBundle: string | null;
  readonly plan: DeploymentPlan;
  readonly actor: string;
  readonly reason: string;
  /** Consents and overrides that were given. */
  readonly consents: readonly string[];
  /** Where it was begun; records of older versions have none. */
  readonly origin?: Origin;
  /**
   * Against the release that served; `null` where none did, or where it is not stored any more. Recorded, because both
   * bundles may be pruned before anybody asks. Records of older versions have none.
   */
  readonly modelChanges?: ModelChanges | null | undefined;
  /** Services of the bundle, where they are not as it is stored until it is live. Records of older versions have none. */
  readonly changedServices?: readonly ServiceFacts[] | undefined;
}

/** The machine, and the run of a workflow where it was one. */
export interface Origin {
  readonly host: string;
  readonly run?: string;
}

export interface StepIntent extends JournalEntry {
  readonly type: "step-intent";
  readonly deployment: string;
  readonly step: string;
}

/** A step is about to be undone: from here on nobody knows how much of it is there still. Records of older versions have none. */
export interface UndoIntent extends JournalEntry {
  readonly type: "undo-intent";
  readonly deployment: string;
  readonly step: string;
}

export interface StepOutcome extends JournalEntry {
  readonly type: "step-outcome";
  readonly deployment: string;
  readonly step: string;
  readonly result: "done" | "failed" | "undone" | "undo-failed";
  readonly durationMs: number;
  readonly data?: StepData;
  readonly error?: { readonly code: string; readonly message: string };
  /** The run was asked to stop: the error says nothing of the release. Records of older versions have none. */
  readonly interrupted?: boolean;
  /** Seen since the record before; records of older versions have none. */
  readonly observations?: readonly Observation[];
}

export interface DeploymentEnd extends JournalEntry {
  readonly type: "deployment-end";
  readonly deployment: string;
  readonly outcome: Outcome;
  readonly release: string | null;
  readonly tag: string;
  readonly serving: Serving | null;
  readonly reason?: string;
  /** It needs a person although it is undone: what users were led back to does not serve. Records of older versions have none. */
  readonly isUndone?: boolean;
  readonly durationMs: number;
  readonly observations?: readonly Observation[];
}

/** What a person told the deployment while it ran, or what a verdict did where that is left to a person. */
export interface OrderEntry extends JournalEntry {
  readonly type: "order";
  readonly deployment: string;
  readonly order: OrderKind;
  readonly actor: string;
  readonly reason: string;
  /** The step that was approved, or whose verdict paused it. */
  readonly step?: string;
  readonly byVerdict?: boolean;
  /** A person has it finished all the same: what condemned it before does so no more. Records of older versions have none. */
  readonly takesBack?: boolean;
}

export type EngineEntry = DeploymentStart | StepIntent | UndoIntent | StepOutcome | OrderEntry | DeploymentEnd;
export type EngineRecord = JournalRecord & EngineEntry;

export interface AttemptRecord {
  readonly start: DeploymentStart & JournalRecord;
  readonly outcomes: readonly (StepOutcome & JournalRecord)[];
  readonly begun: readonly string[];
  /** The step that was begun last, where it has no outcome since; else `null`. */
  readonly running: string | null;
  /** Steps that were not done since they were begun the last time. */
  readonly notDone: readonly string[];
  /** Undos that were begun, at least, in order. */
  readonly undos: readonly (Pick<StepIntent, "step"> & Pick<JournalRecord, "seq">)[];
  readonly orders: readonly (OrderEntry & JournalRecord)[];
  /** `null` as well where steps were begun since: a later run goes on with it, or died at that. */
  readonly end: (DeploymentEnd & JournalRecord) | null;
  /** The journal was imported since it began: records of what it did then may be missing. */
  readonly isImported: boolean;
  /** How each end of it says that it ended, in order: one that needed a person has another once that is dealt with. */
  readonly endings: readonly Outcome[];
}

export interface UnfinishedAttempt extends UnfinishedDeployment {
  readonly attempt: AttemptRecord;
  /** What condemned it says something of the release itself: it is broken. */
  readonly isBroken: boolean;
}

/** What the last attempt left open: it has no end, or its way back was not complete. `null` when all is done. */
export function unfinishedOf(attempt: AttemptRecord | null): UnfinishedAttempt | null {
  if (!attempt || (attempt.end && attempt.end.outcome !== "needs-person")) return null;
  const { start, begun, orders } = attempt;
  const condemned = condemnedBy(attempt);
  const { pause } = restoreControl(givenOrders(orders));
  return {
    deployment: start.deployment,
    plan: start.plan,
    begun: [...new Set(begun)],
    done: withoutOldCare(attempt, stillApproved(attempt, doneIn(attempt))),
    ...(condemned ? { condemned: condemned.why } : {}),
    ...(pause?.byVerdict ? { undecided: pausedText(pause) } : {}),
    isBroken: condemned?.ofRelease ?? false,
    isImported: attempt.isImported,
    attempt,
  };
}

/** With what the release before it has, where that is stored: what its undo would lead users to. Pure. */
export function withBefore(unfinished: UnfinishedAttempt, bundles: readonly ReleaseBundle[]): UnfinishedAttempt {
  const { previousBundle } = unfinished.attempt.start;
  return { ...unfinished, before: bundles.find(({ id }) => id === previousBundle)?.services };
}

/** Ids of containers beside the slots that the last attempt left open, and undoes with. */
export function keptBy(attempt: AttemptRecord | null): readonly string[] {
  const unfinished = unfinishedOf(attempt);
  return unfinished ? keptForWayBack(unfinished.plan) : [];
}

/**
 * Steps whose last `done` is newer than any undo of theirs, and of the steps before them in the plan: a slot that was removed has
 * nothing started in it, though starting has no undo of its own.
 */
function doneIn({ start, outcomes, undos }: AttemptRecord): readonly string[] {
  let undoneAt = -1;
  return start.plan.steps.flatMap(({ id, kind }) => {
    // What was built and stored is there still.
    if (kind !== "build") undoneAt = Math.max(undoneAt, undos.findLast(({ step }) => step === id)?.seq ?? -1);
    const done = outcomes.findLast(({ step, result }) => step === id && result === "done");
    return done && done.seq > undoneAt ? [id] : [];
  });
}

/** Whoever aborts takes back what was approved before, unless users have got the share that it was for: it is asked for again. */
function stillApproved({ start, outcomes, orders }: AttemptRecord, done: readonly string[]): readonly string[] {
  const { steps } = start.plan;
  const abortedAt = orders.findLast(({ order }) => order === "abort")?.seq ?? -1;
  return done.filter((id) => {
    const at = steps.findIndex((step) => step.id === id);
    if (steps[at]?.kind !== "approval") return true;
    const share = steps.slice(at).find(({ kind }) => kind === "shift");
    const approvedAt = outcomes.findLast(({ step, result }) => step === id && result === "done")?.seq ?? -1;
    return approvedAt > abortedAt || share === undefined || done.includes(share.id);
  });
}

/**
 * Users have written since to the release before where what comes first of what may migrate was undone after the backup or the rehearsal:
 * neither knows of that. What was done where a record was exported, and since, it does not tell.
 */
function withoutOldCare(
  { start, outcomes, undos, isImported }: AttemptRecord,
  done: readonly string[],
): readonly string[] {
  if (isImported) return done;
  const { steps } = start.plan;
  return done.filter((id) => {
    const at = steps.findIndex((step) => step.id === id);
    const migrates = steps.findIndex((step, index) => index > at && mayMigrate(step));
    const first = steps[migrates];
    if (!steps.slice(at, at + 1).some(isCare) || !first || done.includes(first.id)) return true;
    const undone = undos.findLast(({ step }) => steps.slice(0, migrates + 1).some((one) => one.id === step));
    const caredAt = outcomes.findLast(({ step, result }) => step === id && result === "done")?.seq ?? -1;
    return caredAt > (undone?.seq ?? -1);
  });
}

/** Id of the bundle an attempt is about: known at its start, or told by its build step. */
export function bundleOf({ start, outcomes }: AttemptRecord): string | null {
  const built = outcomes.findLast(({ result, data }) => result === "done" && typeof data?.["bundle"] === "string");
  return (built?.data?.["bundle"] as string | undefined) ?? start.bundle;
}

/** Services of its release, where they are not as it is stored until it is live: from the start, or since it was built again. */
export function changedServicesOf({ start, outcomes }: AttemptRecord): readonly ServiceFacts[] | undefined {
  const built = outcomes.findLast(({ result, data }) => result === "done" && Array.isArray(data?.["changedServices"]));
  return (built?.data?.["changedServices"] as readonly ServiceFacts[] | undefined) ?? start.changedServices;
}

/**
 * Releases that were live, in the order in which one would go back through them: the last is the one that serves. What
 * was left by going back is not among them, by whatever command the release before came back.
 */
export function livedReleases(attempts: readonly Pick<AttemptRecord, "end">[]): readonly string[] {
  const lived: string[] = [];
  for (const { end } of attempts) {
    if (end?.outcome !== "live" || !end.release) continue;
    const before = lived.indexOf(end.release);
    if (before >= 0) lived.length = before + 1;
    else lived.push(end.release);
  }
  return lived;
}
