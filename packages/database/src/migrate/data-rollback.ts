import { formatDuration } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";
import { isProven } from "../model/verification.ts";
import type { TableRows } from "./migration-server.ts";

export interface DataRollbackFacts {
  /** Jobs that are about to run. */
  readonly jobs: readonly string[];
  /** Tag of the release whose jobs they are. */
  readonly release: string;
  /** The configured command that takes a migration back. */
  readonly down: readonly string[] | null;
  /** The previous release was seen to work on the migrated data; `null` where nobody tried. */
  readonly previousRunsOnIt: boolean | null;
  /** Newest last. */
  readonly backups: readonly Manifest[];
  readonly now: Date;
  /** Of the live database; `null` where nobody counted. */
  readonly rows: readonly TableRows[] | null;
}

/** How data would come back, were this migration a mistake. */
export type DataRollback =
  | { readonly kind: "none-needed"; readonly why: string }
  /** `release`: tag of the one that has what takes it back. */
  | { readonly kind: "down"; readonly release: string; readonly command: readonly string[] }
  | {
      readonly kind: "restore";
      readonly backup: string;
      readonly takenAt: string;
      readonly proven: boolean;
      /** Everything that was written in this time is lost, and all that is written until then. */
      readonly ageMs: number;
      /** Tables whose number of rows is another one now; `null` where nobody counted. */
      readonly losses: readonly RowLoss[] | null;
    }
  | { readonly kind: "none-known" };

export interface RowLoss {
  readonly table: string;
  readonly rowsThen: number;
  readonly rowsNow: number;
}

/** Pure. The cheapest way that is known: none needed, a down migration, a restore of the newest backup that is proven. */
export function planDataRollback(facts: DataRollbackFacts): DataRollback {
  const { jobs, release, down, previousRunsOnIt, backups, now, rows } = facts;
  if (jobs.length === 0) return { kind: "none-needed", why: "no job runs" };
  if (previousRunsOnIt === true) {
    return { kind: "none-needed", why: "the previous release was seen to work on the migrated data" };
  }
  if (down !== null) return { kind: "down", release, command: down };
  const backup = backups.findLast(isProven) ?? backups.findLast(({ failed }) => failed === undefined);
  if (!backup) return { kind: "none-known" };
  return {
    kind: "restore",
    backup: backup.id,
    takenAt: backup.at,
    proven: isProven(backup),
    ageMs: Math.max(0, now.getTime() - Date.parse(backup.at)),
    losses: rows && backup.fingerprint ? rowLosses(backup.fingerprint.tables, rows) : null,
  };
}

function rowLosses(then: readonly TableRows[], now: readonly TableRows[]): readonly RowLoss[] {
  const before = new Map(then.map(({ name, rows }) => [name, rows]));
  const after = new Map(now.map(({ name, rows }) => [name, rows]));
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((table) => {
    const [rowsThen, rowsNow] = [before.get(table) ?? 0, after.get(table) ?? 0];
    return rowsThen === rowsNow ? [] : [{ table, rowsThen, rowsNow }];
  });
}

/** For people, before the migration begins. */
export function dataRollbackText(rollback: DataRollback): string {
  switch (rollback.kind) {
    case "none-needed":
      return `way back for data: none needed, ${rollback.why}`;
    case "down":
      return `way back for data: sluice db migrate ${rollback.release} --down runs ${rollback.command.join(" ")}`;
    case "none-known":
      return "way back for data: none is known (no backup, no down migration); sluice db backup --verify takes one";
    case "restore":
      return restoreText(rollback);
  }
}

/**
 * For people, where a migration has left the schema half changed: a down migration begins from the end of one that is done.
 * The newest backup loses least, and a restore proves it before it takes any place.
 *
 * @param backups newest last
 */
export function goBackText(backups: readonly Manifest[]): string {
  const backup = backups.findLast(({ failed }) => failed === undefined);
  if (!backup) return "there is no backup that it could go back to";
  const known = isProven(backup) ? "" : " (which nobody tried to restore)";
  return `or go back: sluice db restore ${backup.id}${known} puts back the schema and the data of ${backup.at}, and what was written since is lost`;
}

function restoreText({ backup, proven, ageMs, losses }: Extract<DataRollback, { kind: "restore" }>): string {
  const age = `everything written in the ${formatDuration(ageMs)} since, and until then`;
  const known = proven ? "" : " (which nobody tried to restore)";
  const head = `way back for data: sluice db restore ${backup}${known} loses ${age}`;
  if (losses === null) return head;
  const more = losses.reduce((sum, { rowsThen, rowsNow }) => sum + Math.abs(rowsNow - rowsThen), 0);
  return `${head}; by now ${more} rows more or fewer in ${losses.length} tables, changed rows not counted`;
}
