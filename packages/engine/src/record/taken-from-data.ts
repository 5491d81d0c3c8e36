import type { TakenFromData } from "@sluice/core";
import type { EnginePorts, StackFacts } from "../scope.ts";
import { type DataChange, migratingSteps, readDataChanges } from "./data-changes.ts";
import { type DataHistory, dataHistory, fateOf, isAnyTakenAway, type MigrationFate } from "./data-history.ts";
import { type AttemptRecord, bundleOf, type UnfinishedAttempt } from "./journal-entries.ts";

/**
 * What of an attempt migrated, and whose work is, by the record, not on the data any more: jobs, or the start at which the application
 * does that.
 */
export interface LostWork {
  /** `undefined` where there are none. */
  readonly taken: TakenFromData | undefined;
  /** Ids of the steps of those of which that is not sure, as in a record that was imported. */
  readonly unsure: readonly string[];
}

/**
 * What became of what an attempt did to the data: while it was left without an end, data of before may have been put back, or
 * a migration taken back.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function lostWork(
  { attempt, plan, begun, done }: Pick<UnfinishedAttempt, "attempt" | "plan" | "begun" | "done">,
  { config }: Pick<StackFacts, "config">,
  { journal }: Pick<EnginePorts, "journal">,
): Promise<LostWork> {
  const release = bundleOf(attempt);
  // One that was killed may have done all that it does.
  const migrating = migratingSteps(plan.steps).filter(([{ id }]) => begun.includes(id));
  if (release === null || migrating.length === 0 || !(await isAnyTakenAway(journal)))
    return { taken: undefined, unsure: [] };
  const careful = plan.steps.find((step) => step.kind === "rehearse" || step.kind === "backup");
  const changes = await readDataChanges(journal, careful?.service ?? config.database?.service);
  const whose = (wanted: MigrationFate) =>
    migrating.flatMap(([{ id }, job]) => {
      const history = dataHistory(ofJob(changes, attempt, job));
      const fate = done.includes(id) ? fateOf(history, release) : fateOfBegun(history, release);
      return fate === wanted ? [id] : [];
    });
  const [away, unsure] = [whose("away"), whose("unsure")];
  // What was done where it was exported, and since, such a record does not tell.
  if (attempt.isImported) return { taken: undefined, unsure: [...away, ...unsure] };
  const isBegunAgain = dataHistory(changes).present.has(release);
  return { taken: away.length > 0 ? { jobs: away, isBegunAgain } : undefined, unsure };
}

/** Of what nobody saw the end: it is there as far as it came, unless it was taken away since. */
function fateOfBegun(history: DataHistory, release: string): MigrationFate {
  const presence = history.present.get(release);
  if (!presence) return fateOf(history, release);
  return presence.isSure ? "there" : "unsure";
}

/** Without what other jobs of the attempt did, which may have been done again already. */
function ofJob(
  changes: readonly DataChange[],
  { start }: Pick<AttemptRecord, "start">,
  own: string | null,
): readonly DataChange[] {
  return changes.filter(({ deployment, job }) => deployment !== start.deployment || job === null || job === own);
}
