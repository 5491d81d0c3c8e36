import { isProven, type Manifest } from "@sluice/database";

/** What a backup must be of for a copy to be what the migration will meet. */
export interface LiveData {
  /** What backups of the release that serves call it: its id, `null` where none is known or it is not stored. */
  readonly releases: readonly (string | null)[];
  /** When a migration ran, or data was put back, the last time, ISO 8601; `null` where none is on record. */
  readonly changedAt: string | null;
  /** Backups on record, by id: whether each was taken after that. Of any other the time that it bears says so. */
  readonly taken: ReadonlyMap<string, boolean>;
}

/**
 * Of a database's backups the one to rehearse on: the newest that is proven, else the newest, among those of the release that serves that
 * were taken after the last migration or restore. `null` where there is none: one must be taken. Pure.
 *
 * @param backups newest last
 */
export function chooseBackup<T extends Pick<Manifest, "id" | "at" | "release" | "verified" | "failed">>(
  backups: readonly T[],
  { releases, changedAt, taken }: LiveData,
): T | null {
  const fit = backups.filter(
    (backup) =>
      backup.failed === undefined &&
      releases.includes(backup.release) &&
      (taken.get(backup.id) ?? (changedAt === null || Date.parse(backup.at) >= Date.parse(changedAt))),
  );
  return fit.findLast(isProven) ?? fit.at(-1) ?? null;
}
