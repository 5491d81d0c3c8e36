import type { Journal, JournalRecord, Serving } from "@sluice/core";
import {
  type AttemptRecord,
  bundleOf,
  type DeploymentEnd,
  type DeploymentStart,
  type EngineRecord,
  type StepOutcome,
  type UndoIntent,
} from "./journal-entries.ts";
import { isOfDeployment, isTypeOfDeployment } from "./journal-shape.ts";

type Draft = {
  -readonly [Key in Exclude<
    keyof AttemptRecord,
    "start" | "isImported"
  >]: AttemptRecord[Key] extends readonly (infer Item)[] ? Item[] : AttemptRecord[Key];
};

/** When an attempt began and how it ended: what can be had of a long record without reading all of it. */
export type AttemptEnds = Pick<AttemptRecord, "start" | "end">;

/** Attempts, the newest first, read only as far back as the caller goes. @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE */
export async function* newestAttempts(journal: Journal): AsyncGenerator<AttemptRecord> {
  const drafts = new Map<string, Draft>();
  let isImported = false;
  for await (const record of journal.backwards({ types: isOfAttempts })) {
    isImported ||= record.type === importedType;
    if (!isEngineRecord(record)) continue;
    const draft = drafts.get(record.deployment) ?? {
      outcomes: [],
      begun: [],
      running: null,
      notDone: [],
      undos: [],
      orders: [],
      end: null,
      endings: [],
    };
    drafts.set(record.deployment, draft);
    if (record.type === "step-intent") {
      const isLast = !draft.begun.includes(record.step);
      if (isLast && !draft.outcomes.some((one) => one.step === record.step && one.result === "done"))
        draft.notDone.unshift(record.step);
      // An earlier run may have an outcome of the same step.
      if (draft.begun.length === 0 && !draft.outcomes.some(({ step }) => step === record.step))
        draft.running = record.step;
      draft.begun.unshift(record.step);
    }
    if (beginsUndo(record)) draft.undos.unshift(record);
    if (record.type === "step-outcome") draft.outcomes.unshift(record);
    if (record.type === "order") draft.orders.unshift(record);
    if (record.type === "deployment-end") {
      // One that is gone on with has no end any more, whether or not it is undone by what that says.
      if (draft.begun.length === 0) draft.end ??= record;
      draft.endings.unshift(record.outcome);
    }
    if (record.type !== "deployment-start") continue;
    drafts.delete(record.deployment);
    yield { start: record, ...draft, isImported };
  }
}

/** What `state import` writes behind the records that it has brought. */
const importedType = "state-imported";

function isOfAttempts(type: string): boolean {
  return isTypeOfDeployment(type) || type === importedType;
}

/** Records of older versions have the outcome only. */
function beginsUndo(record: EngineRecord): record is (UndoIntent | StepOutcome) & JournalRecord {
  if (record.type === "undo-intent") return true;
  return record.type === "step-outcome" && (record.result === "undone" || record.result === "undo-failed");
}

/** Attempts, oldest first. @param newest how many, from the newest on; default: all. @throws SluiceError as `newestAttempts` */
export async function readAttempts(journal: Journal, newest = Infinity): Promise<readonly AttemptRecord[]> {
  const attempts: AttemptRecord[] = [];
  if (newest <= 0) return attempts;
  for await (const attempt of newestAttempts(journal)) if (attempts.push(attempt) >= newest) break;
  return attempts.reverse();
}

/** @throws SluiceError as `newestAttempts` */
export async function lastAttempt(journal: Journal): Promise<AttemptRecord | null> {
  for await (const attempt of newestAttempts(journal)) return attempt;
  return null;
}

/** `null` where there is none of that id. @throws SluiceError as `newestAttempts` */
export async function findAttempt(journal: Journal, deployment: string): Promise<AttemptRecord | null> {
  for await (const attempt of newestAttempts(journal)) {
    if (attempt.start.deployment === deployment) return attempt;
  }
  return null;
}

/** All attempts, oldest first, without what happened between their beginning and their end. @throws SluiceError as `newestAttempts` */
export async function readAttemptEnds(journal: Journal): Promise<readonly AttemptEnds[]> {
  const attempts = new Map<string, { readonly start: DeploymentStart & JournalRecord; end: AttemptRecord["end"] }>();
  for await (const record of journal.read({ types: isEnd })) {
    if (!isEngineRecord(record)) continue;
    if (record.type === "deployment-start") attempts.set(record.deployment, { start: record, end: null });
    const attempt = attempts.get(record.deployment);
    if (attempt && record.type === "deployment-end") attempt.end = record;
  }
  return [...attempts.values()];
}

/** Who served when the last deployment ended that knew it, or the state was made anew from what ran. @throws SluiceError as `newestAttempts` */
export async function lastServing(journal: Journal): Promise<Serving | null> {
  const types = (type: string) => type === "deployment-end" || type === "state-rebuilt";
  for await (const record of journal.backwards({ types })) {
    const { serving } = record as { readonly serving?: Serving | null };
    if (serving) return serving;
  }
  return null;
}

/**
 * When a release was made live the last time, ISO 8601; `null` where it never was.
 *
 * @param release default: any
 * @throws SluiceError as `newestAttempts`
 */
export async function lastLiveAt(journal: Journal, release?: string): Promise<string | null> {
  for await (const end of newestEnds(journal))
    if (end.outcome === "live" && (release === undefined || end.release === release)) return end.at;
  return null;
}

/** Whether the record knows a release and never saw it live. Of one that it does not know nothing can be said: a record may be lost. */
export async function neverLive(journal: Journal, release: string): Promise<boolean> {
  let isKnown = false;
  for await (const attempt of newestAttempts(journal)) {
    if ((attempt.end?.release ?? bundleOf(attempt)) !== release) continue;
    if (attempt.end?.outcome === "live") return false;
    isKnown = true;
  }
  return isKnown;
}

/** Ids of all of which `neverLive` holds, as far as their attempts have ended. @throws SluiceError as `newestAttempts` */
export async function unprovenReleases(journal: Journal): Promise<ReadonlySet<string>> {
  const tried = new Set<string>();
  const lived = new Set<string>();
  for await (const { release, outcome } of newestEnds(journal)) {
    if (release) (outcome === "live" || outcome === "nothing-to-do" ? lived : tried).add(release);
  }
  return new Set([...tried].filter((id) => !lived.has(id)));
}

/** Id of the release that was made live last; `null` where none was. @throws SluiceError as `newestAttempts` */
export async function lastLiveRelease(journal: Journal): Promise<string | null> {
  for await (const { outcome, release } of newestEnds(journal)) if (outcome === "live" && release) return release;
  return null;
}

async function* newestEnds(journal: Journal): AsyncGenerator<DeploymentEnd & JournalRecord> {
  for await (const record of journal.backwards({ types: (type) => type === "deployment-end" })) {
    if (isEngineRecord(record) && record.type === "deployment-end") yield record;
  }
}

function isEnd(type: string): boolean {
  return type === "deployment-start" || type === "deployment-end";
}

export function isEngineRecord(record: JournalRecord): record is EngineRecord {
  return isOfDeployment(record);
}
