import { type DatabaseId, isOfDatabase } from "../model/database-id.ts";
import type { Manifest } from "../model/manifest.ts";
import { isProven } from "../model/verification.ts";

export interface RetainedBackup
  extends Pick<Manifest, "id" | "seq" | "at" | "service" | "kind" | "release" | "verified" | "failed"> {
  readonly database: Pick<Manifest["database"], "name">;
}

export interface Retention {
  /** Proven backups that stay, at least 1, and days of which one does. */
  readonly keep: number;
  /** Ids of releases that one may still go back to. */
  readonly neededBy: readonly string[];
}

export interface PruneDecision {
  readonly id: string;
  readonly remove: boolean;
  readonly reason: string;
}

/**
 * Decides which backups may go, oldest first in the result. Order is that of `seq`: clocks have no say in it. What stays, of
 * each database by itself:
 *
 * - the newest `keep` proven ones, proven by a restore, so never fewer where there are that many;
 * - of each of the last `keep` days (UTC) in which a proven one was taken, the newest proven one: several deployments a day
 *   would else leave none that is older than two days. The day is only a label, so that a clock that jumps lets more stay, never fewer;
 * - of each needed release the newest proven one; while none is, the newest that no verification failed of, or else the newest at all;
 * - of the others the newest `keep`, which may still be verified, those that a verification failed of last;
 * - everything, while not one is proven: an unproven backup may be all there is.
 */
export function decidePruning(backups: readonly RetainedBackup[], retention: Retention): readonly PruneDecision[] {
  const reasons = new Map(databasesOf(backups).flatMap((own) => [...reasonsToStay(own, retention)]));
  return backups
    .toSorted(byAge)
    .map(({ id }) => ({ id, remove: !reasons.has(id), reason: reasons.get(id) ?? "enough newer ones are there" }));
}

/** The backups of each database. */
function databasesOf(backups: readonly RetainedBackup[]): readonly (readonly RetainedBackup[])[] {
  const [first] = backups;
  if (!first) return [];
  const id: DatabaseId = { ...first, name: first.database.name };
  const isOwn = (backup: RetainedBackup) => isOfDatabase(backup, id);
  return [backups.filter(isOwn), ...databasesOf(backups.filter((backup) => !isOwn(backup)))];
}

/** By id, of what stays. */
function reasonsToStay(backups: readonly RetainedBackup[], { keep, neededBy }: Retention): ReadonlyMap<string, string> {
  const newestFirst = backups.toSorted(byAge).toReversed();
  const [proven, unproven] = [newestFirst.filter(isProven), untriedFirst(newestFirst)];
  const count = Math.max(1, keep);
  const reasons = new Map<string, string>();
  const hold = (backup: RetainedBackup | undefined, reason: string) => {
    if (backup && !reasons.has(backup.id)) reasons.set(backup.id, reason);
  };
  hold(proven[0], "the newest that was proven by a restore");
  for (const backup of proven.slice(0, count)) hold(backup, `one of the newest ${count} that were proven`);
  for (const backup of newestOfDays(proven).slice(0, count)) {
    hold(backup, `the newest of ${dayOf(backup)} that was proven`);
  }
  for (const release of neededBy) {
    const own = (one: RetainedBackup) => one.release === release;
    hold(proven.find(own) ?? unproven.find(own), `release ${release} needs it`);
  }
  const waiting = proven.length === 0 ? unproven : unproven.slice(0, count);
  for (const backup of waiting) {
    hold(backup, proven.length === 0 ? "no backup is proven yet" : "it may still be proven");
  }
  return reasons;
}

/** One of each day that has any, the newest first. */
function newestOfDays(newestFirst: readonly RetainedBackup[]): readonly RetainedBackup[] {
  const days = new Map<string, RetainedBackup>();
  for (const backup of newestFirst) if (!days.has(dayOf(backup))) days.set(dayOf(backup), backup);
  return [...days.values()];
}

/** In UTC, as YYYY-MM-DD. */
function dayOf({ at }: RetainedBackup): string {
  return at.slice(0, 10);
}

/** Those that are not proven: one that a verification found wanting takes no place of one that may still pass. */
function untriedFirst(newestFirst: readonly RetainedBackup[]): readonly RetainedBackup[] {
  const unproven = newestFirst.filter((backup) => !isProven(backup));
  const isUntried = ({ failed }: RetainedBackup) => failed === undefined;
  return [...unproven.filter(isUntried), ...unproven.filter((backup) => !isUntried(backup))];
}

/** Oldest first. Two writers at once may have taken the same number; then the id decides, the same way each time. */
export function byAge(a: Pick<Manifest, "id" | "seq">, b: Pick<Manifest, "id" | "seq">): number {
  return a.seq - b.seq || (a.id < b.id ? -1 : Number(a.id > b.id));
}
