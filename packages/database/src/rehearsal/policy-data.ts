import type { RehearsalPolicy } from "./policy.ts";
import { megabytes } from "./policy-locks.ts";
import type { RehearsalFinding, Rehearsed, Rewrite, TableDiff } from "./report.ts";

/** What becomes of rows. */
export function dataFindings({ observations }: Rehearsed, policy: RehearsalPolicy): readonly RehearsalFinding[] {
  return [
    ...(observations.faults ?? []).map(faultFinding),
    ...observations.rewrites.flatMap((rewrite) => rewriteFindings(rewrite, policy)),
    ...observations.tables.flatMap((table) => rowFindings(table, policy)),
    ...observations.tables.flatMap((table) => valueFindings(table, policy)),
  ];
}

function faultFinding(message: string): RehearsalFinding {
  const hint = "the constraint was switched off while the migration ran: mend the rows in the same migration";
  return { code: "content-broken", severity: "block", table: null, message, hint };
}

function rewriteFindings(
  { table, bytes, rows, reason, online = false }: Rewrite,
  { largeBytes, hugeBytes }: RehearsalPolicy,
): readonly RehearsalFinding[] {
  const gravity = bytes >= hugeBytes ? "block" : bytes >= largeBytes ? "warn" : "note";
  const severity = online ? "note" : gravity;
  const rewritten: RehearsalFinding = {
    code: "table-rewritten",
    severity,
    table,
    message: `all ${rows} rows of ${table} (${megabytes(bytes)}) are written anew ${online ? "while others use it" : "under a lock"}: ${reason}`,
    hint: "add a new column, fill it in batches, and change over in a later release",
  };
  return [rewritten];
}

function valueFindings(
  { table, rowsBefore, rowsAfter, updated, deleted, changed }: TableDiff,
  { changedValues: severity }: RehearsalPolicy,
): readonly RehearsalFinding[] {
  if (rowsAfter === null || changed === null || changed === 0) return [];
  const why = updated + deleted === 0 ? ": its rewrite rounded, cut or converted them" : "";
  return [
    {
      code: "values-changed",
      severity,
      table,
      message: `${changed} of ${rowsBefore} rows of ${table} hold other values in columns that were there before${why}`,
      hint: "write them into a new column, and drop the old one in a later release: only a restore brings back what was overwritten",
    },
  ];
}

function rowFindings(
  { table, rowsBefore, rowsAfter, updated, deleted }: TableDiff,
  { manyRows }: RehearsalPolicy,
): readonly RehearsalFinding[] {
  if (rowsAfter === null) return [];
  const lost = rowsBefore - rowsAfter;
  const found: RehearsalFinding[] = [];
  if (lost > 0) {
    const severity = lost * 2 >= rowsBefore ? "block" : "warn";
    const message = `${table} has ${rowsAfter} rows after the migration, it had ${rowsBefore}`;
    found.push({ code: "rows-lost", severity, table, message });
  }
  if (updated + deleted >= manyRows) {
    found.push({
      code: "many-rows-changed",
      severity: "warn",
      table,
      message: `${updated + deleted} rows of ${table} are changed at once and stay locked until the end`,
      hint: "change them in batches of some thousand, each in a transaction of its own",
    });
  }
  return found;
}
