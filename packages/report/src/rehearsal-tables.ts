import { formatBytes, formatDuration, type RehearsalSeen } from "@sluice/core";

/** Rows of texts under the heads of their columns. */
export interface RehearsalTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a migration did to a copy of the database, as tables; those without a row are left out. Pure. */
export function rehearsalTables({ statements, locks, rewrites, tables }: RehearsalSeen): readonly RehearsalTable[] {
  const all: readonly RehearsalTable[] = [
    {
      name: "statements",
      head: ["time", "rows", "statement"],
      rows: statements.map(({ sql, ms, rows, calls, how }) => {
        const often = calls > 1 ? ` (${calls} times)` : "";
        return [formatDuration(Math.round(ms)), String(rows), `${sql}${often}${how ? ` (${how})` : ""}`];
      }),
    },
    {
      name: "locks",
      head: ["locked", "blocks", "held", "by"],
      rows: locks.map(({ table, blocks, heldMs, by }) => [table, blocks, formatDuration(heldMs), by]),
    },
    {
      name: "written anew",
      head: ["written anew", "size", "rows", "why"],
      rows: rewrites.map(({ table, bytes, rows, reason }) => [table, formatBytes(bytes), String(rows), reason]),
    },
    {
      name: "rows",
      head: ["table", "before", "after", "inserted", "updated", "deleted"],
      rows: tables.map(({ table, rowsBefore, rowsAfter, inserted, updated, deleted }) => [
        table,
        String(rowsBefore),
        rowsAfter === null ? "no table" : String(rowsAfter),
        ...[inserted, updated, deleted].map(String),
      ]),
    },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

const verdictTexts = { pass: "passes", warn: "passes, with warnings", block: "must not run" } as const;
const safeTexts = { pass: "yes", fail: "no", "not-tested": "not known" } as const;

/** The verdict of a rehearsal in words: `must not run`. */
export const rehearsalVerdictText = (verdict: keyof typeof verdictTexts): string => verdictTexts[verdict];

/** Whether a rollback of images is safe, in a word. */
export const rollbackSafeText = (result: keyof typeof safeTexts): string => safeTexts[result];
