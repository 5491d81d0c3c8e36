import type {
  DeploymentKind,
  DeploymentPlan,
  Journal,
  JournalEntry,
  JournalRecord,
  ModelChanges,
  Observation,
  OrderKind,
  Outcome,
  Serving,
  UnfinishedDeployment,
} from "@sluice/core";
import type { StepData } from "./action.ts";
import { isOfDeployment } from "./journal-shape.ts";

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

export interface StepOutcome extends JournalEntry {
  readonly type: "step-outcome";
  readonly deployment: string;
  readonly step: string;
  readonly result: "done" | "failed" | "undone" | "undo-failed";
  readonly durationMs: number;
  readonly data?: StepData;
  readonly error?: { readonly code: string; readonly message: string };
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
}

export type EngineEntry = DeploymentStart | StepIntent | StepOutcome | OrderEntry | DeploymentEnd;
export type EngineRecord = JournalRecord & EngineEntry;

export interface AttemptRecord {
  readonly start: DeploymentStart & JournalRecord;
  readonly outcomes: readonly (StepOutcome & JournalRecord)[];
  readonly begun: readonly string[];
  readonly orders: readonly (OrderEntry & JournalRecord)[];
  readonly end: (DeploymentEnd & JournalRecord) | null;
}

/** All attempts in the journal, oldest first. @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE */
export async function readAttempts(journal: Journal): Promise<readonly AttemptRecord[]> {
  const attempts = new Map<
    string,
    {
      start: DeploymentStart & JournalRecord;
      outcomes: (StepOutcome & JournalRecord)[];
      begun: string[];
      orders: (OrderEntry & JournalRecord)[];
      end: (DeploymentEnd & JournalRecord) | null;
    }
  >();
  for await (const record of journal.read()) {
    if (!isEngineRecord(record)) continue;
    if (record.type === "deployment-start") {
      attempts.set(record.deployment, { start: record, outcomes: [], begun: [], orders: [], end: null });
      continue;
    }
    const attempt = attempts.get(record.deployment);
    if (!attempt) continue;
    if (record.type === "step-intent") attempt.begun.push(record.step);
    if (record.type === "step-outcome") attempt.outcomes.push(record);
    if (record.type === "order") attempt.orders.push(record);
    if (record.type === "deployment-end") attempt.end = record;
  }
  return [...attempts.values()];
}

function isEngineRecord(record: JournalRecord): record is EngineRecord {
  return isOfDeployment(record);
}

/** What the last attempt left open: it has no end, or its way back was not complete. `null` when all is done. */
export function unfinishedOf(
  attempts: readonly AttemptRecord[],
): (UnfinishedDeployment & { readonly attempt: AttemptRecord }) | null {
  const attempt = attempts.at(-1);
  if (!attempt || (attempt.end && attempt.end.outcome !== "needs-person")) return null;
  const { start, outcomes, begun } = attempt;
  const done = new Set<string>();
  for (const { step, result } of outcomes) {
    if (result === "done") done.add(step);
    if (result === "undone") done.delete(step);
  }
  return { deployment: start.deployment, plan: start.plan, begun: [...new Set(begun)], done: [...done], attempt };
}

/** Id of the bundle an attempt is about: known at its start, or told by its build step. */
export function bundleOf({ start, outcomes }: AttemptRecord): string | null {
  const built = outcomes.findLast(({ result, data }) => result === "done" && typeof data?.["bundle"] === "string");
  return (built?.data?.["bundle"] as string | undefined) ?? start.bundle;
}

/** Who served when the last deployment ended that knew it. */
export function lastServing(attempts: readonly AttemptRecord[]): Serving | null {
  return attempts.findLast(({ end }) => end?.serving)?.end?.serving ?? null;
}

/**
 * Releases that were live, in the order in which one would go back through them: the last is the one that serves. What
 * was left by going back is not among them.
 */
export function livedReleases(attempts: readonly AttemptRecord[]): readonly string[] {
  const lived: string[] = [];
  for (const { start, end } of attempts) {
    if (end?.outcome !== "live" || !end.release) continue;
    const before = lived.lastIndexOf(end.release);
    if (start.kind === "rollback" && before >= 0) lived.length = before + 1;
    else if (lived.at(-1) !== end.release) lived.push(end.release);
  }
  return lived;
}
