import type { FailingPrevious, Journal } from "@sluice/core";
import { type AttemptRecord, bundleOf } from "./journal-entries.ts";
import { findAttempt, readAttemptEnds } from "./read-attempts.ts";

/** Why a release is not expected to run on what the database is now. */
export interface Incompatibility {
  /** Tag of the release whose migration did it. */
  readonly since: string;
  /** What the rehearsal saw of it. */
  readonly why: string;
}

/** What puts the data back to where a release could run: the schema of then may be there again. */
const backs: ReadonlySet<string> = new Set(["database-restore", "database-restore-undo", "database-migrate-down"]);

/**
 * Whether the last rehearsal that a release was proven in saw it fail, and that migration ran on the database afterwards;
 * `null` where it did not, or where data was put back since.
 */
export async function incompatibilityOf(release: string, journal: Journal): Promise<Incompatibility | null> {
  const ends = await readAttemptEnds(journal);
  const rehearsal = ends.findLast(({ start }) => start.previousBundle === release && hasRehearsed(start.plan.steps));
  const attempt = rehearsal && (await findAttempt(journal, rehearsal.start.deployment));
  if (!attempt || bundleOf(attempt) === release) return null;
  const rehearsed = dataOf(attempt, "rehearse");
  if (rehearsed?.["previous"] !== "fail" || dataOf(attempt, "job") === null) return null;
  if (await wasPutBack(attempt.start.seq, journal)) return null;
  return { since: attempt.start.tag, why: whyOf(rehearsed) };
}

/**
 * What the rehearsal of an attempt saw of the release before, where that failed; `undefined` where it did not, or where data
 * was put back since.
 *
 * @param previous tag of the release before
 */
export async function failingPrevious(
  attempt: AttemptRecord,
  previous: string,
  journal: Journal,
): Promise<FailingPrevious | undefined> {
  const rehearsed = dataOf(attempt, "rehearse");
  if (rehearsed?.["previous"] !== "fail" || (await wasPutBack(attempt.start.seq, journal))) return undefined;
  return { previous, since: attempt.start.tag, why: whyOf(rehearsed) };
}

function whyOf({ why }: Readonly<Record<string, unknown>>): string {
  return typeof why === "string" ? why : "its checks failed";
}

function hasRehearsed(steps: AttemptRecord["start"]["plan"]["steps"]): boolean {
  return steps.some(({ kind }) => kind === "rehearse");
}

/** What the first step of a kind had to say when it was done; `null` when none was. */
function dataOf({ start, outcomes }: AttemptRecord, kind: string): Readonly<Record<string, unknown>> | null {
  const ids = new Set(start.plan.steps.filter((step) => step.kind === kind).map(({ id }) => id));
  const done = outcomes.find(({ step, result }) => ids.has(step) && result === "done");
  return done ? (done.data ?? {}) : null;
}

async function wasPutBack(after: number, journal: Journal): Promise<boolean> {
  for await (const { seq, result } of journal.backwards({ types: (type) => backs.has(type) })) {
    if (seq <= after) return false;
    if (result === "done") return true;
  }
  return false;
}
