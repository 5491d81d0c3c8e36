import type { Journal, JournalRecord } from "@sluice/core";
import type { DeploymentStart } from "./journal-entries.ts";
import { isTypeOfDeployment } from "./journal-shape.ts";
import { isEngineRecord } from "./read-attempts.ts";

/** Whose migrations ran on what the database is now, as far as the record tells. */
export interface DataHistory {
  /** Ids of releases in the order in which the migration of each was begun for the first time, taken back or not. */
  readonly begun: readonly string[];
  /** Those whose migration is on the data, by id, and whether it came to its end. */
  readonly present: ReadonlyMap<string, { readonly isDone: boolean }>;
  /** When a migration was at work, or data was put back, for the last time, ISO 8601; `null` where that is not on record. */
  readonly changedAt: string | null;
}

/**
 * What became of a release's migration: `there`; `away`, data of before it was put back, or it was taken back; `unsure`, as `away`, but
 * that of a release that came later ran since, and may have brought it along. `unknown` where none is on record.
 */
export type MigrationFate = "there" | "away" | "unsure" | "unknown";

/** @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE */
export async function readDataHistory(journal: Pick<Journal, "read">): Promise<DataHistory> {
  const records: JournalRecord[] = [];
  const types = (type: string) => type.startsWith("database-") || isTypeOfDeployment(type);
  for await (const record of journal.read({ types })) records.push(record);
  return dataHistory(records);
}

/**
 * `fateOf` a release that was live. The record is read as a whole only where anything was ever taken from the data: mostly nothing was.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function readMigrationFate(
  journal: Pick<Journal, "read" | "backwards">,
  release: string,
): Promise<MigrationFate> {
  for await (const _ of journal.backwards({ types: (type) => takesAway.has(type) })) {
    return fateOf(await readDataHistory(journal), release);
  }
  return "there";
}

/**
 * Follows migrations, backups and what was put back through the record. A backup holds what was on the data when it was taken; one that the
 * record does not know holds what its release did and what came before that, or nothing where that is not known either. Pure.
 *
 * @param records oldest first
 */
export function dataHistory(records: readonly JournalRecord[]): DataHistory {
  const begun: string[] = [];
  const deployments = new Map<string, Deployment>();
  const backups = new Map<string, Present>();
  /** What restores took away, the newest last, by the backup that took the place. */
  const replaced = new Map<string, Present[]>();
  let present: Present = new Map();
  let changedAt: string | null = null;
  const migrate = (release: string, isDone: boolean) => {
    if (!begun.includes(release)) begun.push(release);
    present = new Map(present).set(release, { isDone: isDone || present.get(release)?.isDone === true });
  };
  const note = (backup: unknown) => {
    if (typeof backup === "string" && !backups.has(backup)) backups.set(backup, present);
  };
  for (const record of records) {
    // Also what failed, or never ended, may have changed it.
    if (changes.has(record.type)) changedAt = record.at;
    if (isEngineRecord(record)) {
      if (record.type === "deployment-start") deployments.set(record.deployment, deploymentOf(record));
      const deployment = deployments.get(record.deployment);
      if (!deployment) continue;
      const isOfStep = record.type === "step-intent" || record.type === "step-outcome";
      if (isOfStep && deployment.migrating.has(record.step)) changedAt = record.at;
      if (record.type === "step-intent" && deployment.release && deployment.migrating.has(record.step))
        migrate(deployment.release, false);
      if (record.type !== "step-outcome" || record.result !== "done") continue;
      const { bundle, backup } = record.data ?? {};
      if (typeof bundle === "string") deployment.release = bundle;
      note(backup);
      if (deployment.release && deployment.migrating.has(record.step)) migrate(deployment.release, true);
      continue;
    }
    const { type, result, backup } = record;
    const release = typeof record["release"] === "string" ? record["release"] : null;
    if (type === "database-migrate" && release) migrate(release, result === "done");
    if (result !== "done") continue;
    if (type === "database-anew") present = new Map();
    else if (type === "database-migrate-down") present = without(present, release);
    else if (type === "database-restore") {
      const key = String(backup);
      replaced.set(key, [...(replaced.get(key) ?? []), present]);
      present = backups.get(key) ?? upTo(present, release);
    } else if (type === "database-restore-undo") present = replaced.get(String(backup))?.pop() ?? present;
    // A rehearsal takes one where none will do.
    else if (type === "database-backup" || type === "database-rehearse") note(backup);
  }
  return { begun, present, changedAt };
}

/** Pure. */
export function fateOf({ begun, present }: DataHistory, release: string): MigrationFate {
  if (present.get(release)?.isDone) return "there";
  const at = begun.indexOf(release);
  if (at < 0) return "unknown";
  return begun.slice(at + 1).some((later) => present.get(later)?.isDone) ? "unsure" : "away";
}

const takesAway: ReadonlySet<string> = new Set([
  "database-anew",
  "database-migrate-down",
  "database-restore",
  "database-restore-undo",
]);
const changes: ReadonlySet<string> = new Set(["database-migrate", ...takesAway]);

type Present = DataHistory["present"];

interface Deployment {
  release: string | null;
  /** Ids of its steps that may change the data. */
  readonly migrating: ReadonlySet<string>;
}

/** Where no job does, what is rehearsed is what the application does when it starts. */
function deploymentOf({ bundle, plan }: Pick<DeploymentStart, "bundle" | "plan">): Deployment {
  const { steps } = plan;
  const jobs = steps.filter(({ kind }) => kind === "job");
  const isRehearsed = steps.some(({ kind }) => kind === "rehearse");
  const starts = isRehearsed ? steps.filter((step) => step.kind === "start" && !step.mends) : [];
  return { release: bundle, migrating: new Set((jobs.length > 0 ? jobs : starts).map(({ id }) => id)) };
}

function without(present: Present, release: string | null): Present {
  // Whose migration was taken back is not on record: none of them is counted on.
  return new Map(release === null ? [] : [...present].filter(([each]) => each !== release));
}

function upTo(present: Present, release: string | null): Present {
  const all = [...present];
  return new Map(all.slice(0, all.findIndex(([each]) => each === release) + 1));
}
