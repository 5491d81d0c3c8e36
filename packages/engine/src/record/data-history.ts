import { databaseActionOf, type Journal, takesDataAway } from "@sluice/core";
import { type DataChange, readDataChanges } from "./data-changes.ts";

/** Whose migrations ran on what the database is now, as far as the record tells. */
export interface DataHistory {
  /** Ids of releases in the order in which the migration of each was begun for the first time, taken back or not. */
  readonly begun: readonly string[];
  /** Those whose migration is on the data, by id. */
  readonly present: ReadonlyMap<string, Presence>;
  /** When a migration was at work, or data was put back, for the last time, ISO 8601; `null` where that is not on record. */
  readonly changedAt: string | null;
  /** Backups on record, by id: whether each was taken after that, by the order of the record. Clocks may have been set between. */
  readonly taken: ReadonlyMap<string, boolean>;
}

export interface Presence {
  /** It came to its end. */
  readonly isDone: boolean;
  /** False where what would have taken it away, or brought it back, was killed. */
  readonly isSure: boolean;
}

/**
 * What became of a release's migration: `there`; `away`, data of before it was put back, or it was taken back; `unsure` where
 * that cannot be told: what would have done it was killed, or that of a release that came later ran since, and may have brought it along. `unknown` where none is on record.
 */
export type MigrationFate = "there" | "away" | "unsure" | "unknown";

/** @param service whose database; default: all. @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE */
export async function readDataHistory(journal: Pick<Journal, "read">, service?: string): Promise<DataHistory> {
  return dataHistory(await readDataChanges(journal, service));
}

/**
 * `fateOf` a release that was live. The record is read as a whole only where anything was ever taken from the data: mostly nothing was.
 *
 * @param service whose database; default: all
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function readMigrationFate(
  journal: Pick<Journal, "read" | "backwards">,
  release: string,
  service?: string,
): Promise<MigrationFate> {
  return (await isAnyTakenAway(journal)) ? fateOf(await readDataHistory(journal, service), release) : "there";
}

/** Whether anything was ever taken from any data. @throws SluiceError as `readMigrationFate` */
export async function isAnyTakenAway(journal: Pick<Journal, "backwards">): Promise<boolean> {
  const types = (type: string) => takesDataAway(databaseActionOf(type));
  for await (const _ of journal.backwards({ types })) return true;
  return false;
}

/**
 * Follows migrations, backups and what was put back. A backup holds what was on the data when it was taken; one that the record does not
 * know holds what its release did and what came before that, or nothing where that is not known either. Pure.
 *
 * @param changes oldest first
 */
export function dataHistory(changes: readonly DataChange[]): DataHistory {
  const begun: string[] = [];
  const backups = new Map<string, Present>();
  /** What restores took away, the newest last, by the backup that took the place. */
  const replaced = new Map<string, Present[]>();
  let present: Present = new Map();
  let changedAt: string | null = null;
  const taken = new Map<string, boolean>();
  for (const { action, outcome, release, backup, at } of changes) {
    const isDone = outcome === "done";
    const key = String(backup);
    const before = present;
    // Also what failed, or never ended, may have changed it.
    if (action !== "backup") {
      changedAt = at;
      for (const id of taken.keys()) taken.set(id, false);
    }
    if (action === "migrate" && release !== null) {
      if (!begun.includes(release)) begun.push(release);
      const { isDone: wasDone = false, isSure = true } = present.get(release) ?? {};
      present = new Map(present).set(release, { isDone: isDone || wasDone, isSure: isDone || isSure });
      continue;
    }
    if (outcome === "not-done") continue;
    if (action === "backup" && backup !== null && !backups.has(backup)) {
      backups.set(backup, present);
      taken.set(backup, true);
    }
    if (action === "anew") present = new Map();
    if (action === "migrate-down") present = without(present, release);
    if (action === "restore") {
      replaced.set(key, [...(replaced.get(key) ?? []), present]);
      present = backups.get(key) ?? upTo(present, release);
    }
    // One that was killed may be done again.
    if (action === "restore-undo") present = (isDone ? replaced.get(key)?.pop() : replaced.get(key)?.at(-1)) ?? present;
    if (!isDone) present = eitherOf(before, present);
  }
  return { begun, present, changedAt, taken };
}

/** Pure. */
export function fateOf({ begun, present }: DataHistory, release: string): MigrationFate {
  const presence = present.get(release);
  if (presence?.isDone) return presence.isSure ? "there" : "unsure";
  const at = begun.indexOf(release);
  if (at < 0) return "unknown";
  return begun.slice(at + 1).some((later) => present.get(later)?.isDone) ? "unsure" : "away";
}

type Present = DataHistory["present"];

/** What is in one of them alone may be there. */
function eitherOf(one: Present, other: Present): Present {
  const both = new Map([...one, ...other]);
  const isSure = (release: string) => one.get(release)?.isSure === true && other.get(release)?.isSure === true;
  const isDone = (release: string) => one.get(release)?.isDone === true || other.get(release)?.isDone === true;
  return new Map([...both.keys()].map((each) => [each, { isDone: isDone(each), isSure: isSure(each) }]));
}

function without(present: Present, release: string | null): Present {
  // Whose migration was taken back is not on record: none of them is counted on.
  return new Map(release === null ? [] : [...present].filter(([each]) => each !== release));
}

function upTo(present: Present, release: string | null): Present {
  const all = [...present];
  return new Map(all.slice(0, all.findIndex(([each]) => each === release) + 1));
}
