import { SluiceError } from "../../errors/sluice-error.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedStack } from "../../model/stack.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "../steps/step.ts";
import { type Completion, completeRecord, shareAt } from "./complete-record.ts";
import { type FailingPrevious, failingHint, failingText, failingWayBack, noWayBack } from "./failing-way-back.ts";
import { type Beside, besideSlots, goneBeside } from "./kept-beside.ts";
import { remainingSteps } from "./remaining-steps.ts";
import { aloneHint, onlyRunning, supersededBy, untoldSince } from "./superseded.ts";

/** What the journal says of the last attempt that has no end. */
export interface UnfinishedDeployment {
  readonly deployment: string;
  readonly plan: DeploymentPlan;
  /** Steps with an intent, in order. */
  readonly begun: readonly string[];
  /** Steps with an outcome `done` of which no undo was even begun since, nor of a step before them. */
  readonly done: readonly string[];
  /** Its doors show that the candidate is promoted, whatever the record says. Default: they do not. */
  readonly isPromoted?: boolean | undefined;
  /** The record was imported since the attempt began: it may be older than what it tells of. Default: it was not. */
  readonly isImported?: boolean | undefined;
  /** Why it was to be taken back, by a verdict or a person; absent where neither had said so. */
  readonly condemned?: string | undefined;
  /** The pause by a verdict that no person has answered; absent where there is none. */
  readonly undecided?: string | undefined;
  /** Services of the release before it; absent where that is not stored. */
  readonly before?: readonly ServiceFacts[] | undefined;
  /** Absent where nobody saw the release before fail on the data as it is now, or somebody answers for it. */
  readonly previousFails?: FailingPrevious | undefined;
  /** It leads users back to a release that was live before the one that it replaces. Default: it does not */
  readonly goesBack?: boolean | undefined;
  /** Absent where what it migrated is on the data still, as far as the record tells. */
  readonly takenFromData?: TakenFromData | undefined;
}

/** What an attempt's jobs did, or its application as it started where no job migrates, and what is not on the data any more: it was taken back, or data of before was put back. */
export interface TakenFromData {
  /** Ids of their steps, or of that start. */
  readonly jobs: readonly string[];
  /** Some of it was begun again since: a backup of now would hold that. */
  readonly isBegunAgain: boolean;
}

/**
 * `go-back` undoes what can be undone, and finishes what is promoted. `undo-or-finish` is for when nobody is asked: it undoes
 * only what leads to a version that users were well with.
 */
export type RecoveryChoice = "finish" | "undo" | "go-back" | "undo-or-finish";

export type Recovery = {
  readonly reason: string;
  /** What the record did not tell of; `null` where it is complete. */
  readonly completion: Completion | null;
} & (
  | {
      readonly action: "finish";
      readonly remaining: readonly PlanStep[];
      readonly begun: readonly PlanStep[];
      /** What it would be undone with is removed already: it is not undone where this fails. */
      readonly isWayBackGone: boolean;
    }
  | { readonly action: "undo"; readonly begun: readonly PlanStep[] }
  /** With a `hint` where a person has a choice that is not made yet. */
  | { readonly action: "leave"; readonly hint?: string }
  /** It is over: nothing of it is finished, nor undone. */
  | { readonly action: "close" }
);

/** What a person may choose for an attempt that died: both, until it is promoted; without a stored release only the way back. */
export interface RecoveryWays {
  readonly finish: boolean;
  readonly undo: boolean;
  /**
   * What leads out where an undo would leave it as it is, see `onlyRunning`. Absent where that is not why it cannot be undone, and where
   * it is over, see `supersededBy`.
   */
  readonly hint?: string;
}

/** @param observed `null` where the engine cannot be asked: then the record alone says it */
export function recoveryWays(recorded: UnfinishedDeployment, observed: Seen | null): RecoveryWays {
  if (!observed) return waysOf(recorded, observed);
  const { record } = completeRecord(recorded, observed);
  const ways = waysOf(record, observed);
  const isOver = supersededBy(recorded, observed) !== undefined;
  const isLeft = !isOver && ways.undo && onlyRunning(record, observed) !== undefined;
  return isLeft ? { ...ways, undo: false, hint: aloneHint(record, observed, ways.finish) } : ways;
}

function waysOf(unfinished: UnfinishedDeployment, observed: Reached | null): RecoveryWays {
  return { finish: isStored(unfinished), undo: !isPromoted(unfinished, observed) };
}

type Reached = Beside & Pick<ObservedStack, "doors">;
type Seen = Reached & Pick<ObservedStack, "slots">;

/**
 * What to do with an attempt that died: before cutover is complete it is undone, after it is finished. Cutover is
 * judged by what the doors show; a stack without doors goes by the journal. What a verdict or a person had condemned is
 * undone wherever its users are. Once the candidate is promoted there is nothing to go back to. What a verdict has left to
 * a person after the cutover stays as it is: nobody is asked again, and whatever comes next begins with it. So does what can be
 * finished only, and was not stored. Doors that have come further than the record go before it, see `completeRecord`. One that
 * something else came after is over, whatever is chosen, see `supersededBy`; nor is one ever undone of which alone something runs.
 * What came after an imported one may show nowhere: then it is left unless somebody chose for it, see `untoldSince`.
 * What migrated, and whose work was taken from the data, does it again only where somebody chose to finish it.
 * What `undo-or-finish` cannot undo, as users would be led to a release that is known to fail, and cannot finish, as some of them
 * are still there, is left to a person.
 *
 * @throws SluiceError RECOVERY_REFUSED when the choice is not possible any more, or not yet, and where users would be led,
 *   without one, to a release that is known to fail; DATA_INCOMPATIBLE where they would be by `go-back`
 */
export function planRecovery(
  recorded: UnfinishedDeployment,
  observed: ObservedStack,
  choice?: RecoveryChoice,
): Recovery {
  const superseded = supersededBy(recorded, observed);
  if (superseded !== undefined) return { action: "close", reason: superseded, completion: null };
  const untold = choice === "finish" || choice === "undo" ? undefined : untoldSince(recorded);
  if (untold !== undefined) return { action: "leave", reason: untold, completion: null };
  const { record: unfinished, completion } = completeRecord(recorded, observed);
  const { plan, begun, condemned, undecided } = unfinished;
  const isFinal = isPromoted(unfinished, observed);
  assertPossible(unfinished, waysOf(unfinished, observed), choice);
  const isGood = condemned === undefined && isCutOver(unfinished, observed);
  const failing = failingWayBack(unfinished, observed);
  const asked = askedFor(choice, { isFinal, isWayBackGood: !unfinished.goesBack && !failing });
  if (!asked && !isFinal && isGood && undecided !== undefined)
    return { action: "leave", reason: undecided, completion };
  const action = asked ?? (isFinal || isGood ? "finish" : "undo");
  const begunSteps = plan.steps.filter(({ id }) => begun.includes(id));
  if (action === "finish") {
    const leads = plan.steps.some(({ kind }) => kind === "shift");
    const reached = leads ? `users already reach slot ${plan.candidate}` : "its release is taking its place already";
    const reason = asked ? "asked for" : reached;
    // The record of a run that came so far by itself has it.
    if (completion && !isStored(unfinished))
      return { action: "leave", reason: `${reason}, and its release was not stored`, completion };
    // Data is as a person has put it: only a person has it changed once more, and what they have begun so is done.
    const changesData = choice === "finish" || unfinished.takenFromData?.isBegunAgain;
    const facing = changesData ? unfinished : { ...unfinished, takenFromData: undefined };
    const remaining = remainingSteps(facing, observed, isFinal);
    const isGone = isWayBackGone(unfinished, observed);
    return { action, remaining, begun: begunSteps, isWayBackGone: isGone, reason, completion };
  }
  const alone = onlyRunning(unfinished, observed);
  if (alone !== undefined) {
    return { action: "leave", reason: alone, hint: aloneHint(unfinished, observed, isStored(unfinished)), completion };
  }
  if (failing && choice !== "undo") {
    if (choice !== "undo-or-finish") throw noWayBack(unfinished, failing, choice);
    return { action: "leave", reason: failingText(failing), hint: failingHint(failing), completion };
  }
  return {
    action,
    begun: begunSteps,
    reason: asked ? "asked for" : (condemned ?? "cutover was not complete"),
    completion,
  };
}

/** What a choice comes to; `undefined` where that is left to what the doors show. */
function askedFor(
  choice: RecoveryChoice | undefined,
  { isFinal, isWayBackGood }: { readonly isFinal: boolean; readonly isWayBackGood: boolean },
): "finish" | "undo" | undefined {
  if (choice === "go-back") return isFinal ? undefined : "undo";
  if (choice === "undo-or-finish") return !isFinal && isWayBackGood ? "undo" : undefined;
  return choice;
}

/** Percent of the users of a service that its door leads to the candidate. */
function shareFor(unfinished: UnfinishedDeployment, { doors }: ObservedStack, service: string): number {
  const door = doors[service];
  return door ? shareAt(unfinished, door) : 0;
}

/**
 * Whether users still reach what an attempt without an end was to take their ports over from. While no door leads anywhere
 * it cannot be told by the engine: the candidate runs in its slot and looks like what serves. Pure.
 */
export function isTakingOver({ plan, done }: Pick<UnfinishedDeployment, "plan" | "done">, observed: Beside): boolean {
  const beside = besideSlots(observed);
  const runs = (id: string) => beside.some((container) => container.id === id && container.state === "running");
  return plan.steps.some(
    (step) =>
      step.kind === "adopt" &&
      !done.includes(step.id) &&
      Object.values(step.serving ?? {}).some((containers) => containers.some(runs)),
  );
}

function assertPossible({ deployment }: UnfinishedDeployment, ways: RecoveryWays, choice?: RecoveryChoice): void {
  if (choice === "undo" && !ways.undo) {
    throw new SluiceError("RECOVERY_REFUSED", `deployment ${deployment} cannot be undone: its release is promoted`, {
      hint: "sluice resume finishes it; sluice rollback goes back afterwards",
    });
  }
  if (choice === "finish" && !ways.finish) {
    throw new SluiceError(
      "RECOVERY_REFUSED",
      `deployment ${deployment} cannot be finished: its release was not stored`,
      {
        hint: ways.undo
          ? "sluice abort undoes it; then deploy the release again"
          : "users reach it already: deploy a release, which stores it, or sluice rollback goes back",
      },
    );
  }
}

function isPromoted(unfinished: UnfinishedDeployment, observed: Beside | null): boolean {
  const isDone = unfinished.isPromoted === true || hasDone(unfinished, "promote");
  return isDone || (observed !== null && isWayBackGone(unfinished, observed));
}

/** What served beside the slots is removed while the candidate is promoted: with the first of it gone there is no way back. */
function isWayBackGone({ plan, begun }: UnfinishedDeployment, observed: Beside): boolean {
  const isRemoved = goneBeside({ plan }, observed).length > 0;
  return isRemoved && plan.steps.some(({ kind, id }) => kind === "promote" && begun.includes(id));
}

function isStored(unfinished: UnfinishedDeployment): boolean {
  return !unfinished.plan.steps.some(({ kind }) => kind === "build") || hasDone(unfinished, "build");
}

function hasDone({ plan, done }: UnfinishedDeployment, kind: StepKind): boolean {
  return plan.steps.some((step) => step.kind === kind && done.includes(step.id));
}

const afterCutover: ReadonlySet<StepKind> = new Set([
  "workers",
  "drain",
  "bake",
  "promote",
  "retire",
  "close",
  "recreate",
  "remove",
  "prune",
]);

/** What goes because its port is wanted goes before there is anything to reach. */
function isAfterCutover(step: PlanStep): boolean {
  return afterCutover.has(step.kind) && !(step.kind === "remove" && step.heirs);
}

function isCutOver(unfinished: UnfinishedDeployment, observed: ObservedStack): boolean {
  const { plan, done, begun } = unfinished;
  const lastShift = plan.steps.findLast((step) => step.kind === "shift");
  if (!lastShift) {
    return plan.steps.some((step) => isAfterCutover(step) && (done.includes(step.id) || begun.includes(step.id)));
  }
  // Where ports change hands users reach the candidate before any shift. Doors of other services say nothing here.
  return lastShift.services.every((service) => shareFor(unfinished, observed, service) === 100);
}
