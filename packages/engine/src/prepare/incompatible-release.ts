import { dataIncompatible, type FailingPrevious, type Journal, type ReleaseBundle } from "@sluice/core";
import { fateOf, readDataHistory } from "../record/data-history.ts";
import { type AttemptRecord, bundleOf } from "../record/journal-entries.ts";
import { newestAttempts, readAttemptEnds } from "../record/read-attempts.ts";

/** Why a release is not expected to run on what the database is now. */
export interface Incompatibility {
  /** Tag of the release whose migration did it. */
  readonly since: string;
  /** What the rehearsal saw of it. */
  readonly why: string;
}

/**
 * Going back to what was seen to fail on the schema that is there now helps nobody, whichever way leads there.
 *
 * @throws SluiceError DATA_INCOMPATIBLE
 */
export async function assertCompatible(
  { id, tag }: Pick<ReleaseBundle, "id" | "tag">,
  journal: Journal,
): Promise<void> {
  const found = await incompatibilityOf(id, journal);
  if (found) throw dataIncompatible({ previous: tag, ...found });
}

/**
 * Whether the last rehearsal that a release was proven in saw it fail, and that migration, or a later one, is on the data now;
 * `null` where it is not: it did not run, was taken back, or data of before it was put back.
 */
async function incompatibilityOf(release: string, journal: Journal): Promise<Incompatibility | null> {
  const attempt = await lastTrialOf(release, journal);
  const migrated = attempt && bundleOf(attempt);
  if (!attempt || !migrated || migrated === release) return null;
  const rehearsed = dataOf(attempt, "rehearse");
  if (rehearsed?.["previous"] !== "fail") return null;
  const fate = fateOf(await readDataHistory(journal, rehearsedService(attempt)), migrated);
  if (fate === "away" || fate === "unknown") return null;
  return { since: attempt.start.tag, why: whyOf(rehearsed) };
}

/**
 * What the rehearsal of an attempt saw of the release before, where that failed; `undefined` where it did not, or where data
 * of before its migration was put back.
 *
 * @param previous tag of the release before
 */
export async function failingPrevious(
  attempt: AttemptRecord,
  previous: string,
  journal: Journal,
): Promise<FailingPrevious | undefined> {
  const rehearsed = dataOf(attempt, "rehearse");
  if (rehearsed?.["previous"] !== "fail") return undefined;
  const migrated = bundleOf(attempt);
  const history = await readDataHistory(journal, rehearsedService(attempt));
  // One that was begun and not ended is on the data, too.
  if (migrated && fateOf(history, migrated) === "away" && !history.present.has(migrated)) return undefined;
  return { previous, since: attempt.start.tag, why: whyOf(rehearsed) };
}

function whyOf({ why }: Readonly<Record<string, unknown>>): string {
  return typeof why === "string" ? why : "its checks failed";
}

/** The last attempt in whose rehearsal a release ran on what would become of the data: one that ended before says nothing of it. */
async function lastTrialOf(release: string, journal: Journal): Promise<AttemptRecord | null> {
  const ends = await readAttemptEnds(journal);
  const isPlanned = ({ start }: Pick<AttemptRecord, "start">) =>
    start.previousBundle === release && start.plan.steps.some(({ kind }) => kind === "rehearse");
  // Most releases were in none, and the whole record is long.
  if (!ends.some(isPlanned)) return null;
  for await (const attempt of newestAttempts(journal)) {
    const previous = isPlanned(attempt) && dataOf(attempt, "rehearse")?.["previous"];
    if (previous === "pass" || previous === "fail") return attempt;
  }
  return null;
}

/** Whose database it was rehearsed on. */
function rehearsedService({ start }: AttemptRecord): string | undefined {
  return start.plan.steps.find((step) => step.kind === "rehearse")?.service;
}

/** What a step of a kind had to say when it was done, the last time where a later run did it once more; `null` when none was. */
function dataOf({ start, outcomes }: AttemptRecord, kind: string): Readonly<Record<string, unknown>> | null {
  const ids = new Set(start.plan.steps.filter((step) => step.kind === kind).map(({ id }) => id));
  const done = outcomes.findLast(({ step, result }) => ids.has(step) && result === "done");
  return done ? (done.data ?? {}) : null;
}
