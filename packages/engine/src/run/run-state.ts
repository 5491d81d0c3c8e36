import type { PlanStep } from "@sluice/core";

/** What one run of a deployment has seen and done so far, beside what its journal says; each field says who sets it. */
export interface RunState {
  /** A step has begun that leads users away from what served them, or ends that; see `movesUsers`. By `runSteps` and `recover`. */
  trafficMoved: boolean;
  /** Its promotion has begun, in this run or in one before it: from there on it is finished, not undone. By `runSteps`. */
  isPromoting?: boolean;
  /** A bad verdict was left to a person: what is seen again of it takes nothing back by itself. By `runSteps`. */
  isLeftToPerson?: boolean;
  /**
   * What is undone now, or first: it and what comes before it is done still. Absent where nothing is left to undo.
   * By `restoreRoutes` and `undoSteps`.
   */
  undoing?: PlanStep | undefined;
  /** Monotonic milliseconds at which the engine last said that its stack is this state home's, or nobody's. By `execute` and `anothersNow`. */
  ownAtMs?: number;
  /** Its stack is another state home's by now: it is looked at, and nothing of it is put right any more. By `completeRun`. */
  isAnothers?: boolean;
  /** It is finished because something else is to come after it: nobody waits for it, and nobody is waited for. By `recover`. */
  isFinishedUnasked?: boolean;
  /** What it would be undone with is removed already: what fails is left to a person. By `recover`. */
  isWayBackGone?: boolean;
  /** Resolves when the build of this run has told all of its log, which the last word must not come before. By `build`. */
  reported?: Promise<void> | undefined;
  /**
   * The rehearsal saw that the previous does not run on the migrated data: it is no way back that may be taken unasked.
   * By `rehearse`; for an attempt that an earlier run began from its record.
   */
  previousFails?: boolean;
  /** The rehearsal saw that the previous runs on the migrated data. By the same. */
  previousRunsOnIt?: boolean;
  /**
   * When this run first gave users to the candidate: until then the previous had them all. By `shift`; for an attempt that
   * an earlier run began its start.
   */
  usersMovedAt?: Date;
  /** Monotonic milliseconds at which this run led everyone to the candidate. By `shift`. */
  cutoverAtMs?: number;
  /** Proxies of the project that this run has given what the candidate has for them ahead of their own steps. By `rereadAsWanted`. */
  readEarly?: readonly string[];
  /** There was too little memory for the previous to stay warm: it is stopped, and stays so. By `retire`. */
  previousIsCold?: boolean;
  /**
   * Services of base that it has made otherwise, and that did not become ready as the candidate has them. By `base`; for an attempt that
   * an earlier run began, those that nobody saw become ready by its record.
   */
  unready?: readonly string[];
  /** That logs of it cannot be kept was told. By `tellNotKept`. */
  logsLost?: boolean;
  /** The Docker engine was away for a while, or has not come back within the time that is waited for it. By `untilEngineAnswers`. */
  engine?: "was-away" | "gone";
}
