import type { Observations, StatementRun } from "./report.ts";

/** A statement that changed rows that were there, which nobody else could change until its transaction ended. */
export interface RowLock {
  /** `null` where its text does not tell. */
  readonly table: string | null;
  /** Of one call, the longest. */
  readonly ms: number;
  /** Of all calls. */
  readonly rows: number;
}

const identifier = /(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[\w$]+)/.source;
const changing =
  /^\s*(?:(?:update|delete|merge|replace)\b|(?:with|insert)\b.*\b(?:update\b|delete\s+from\b|merge\s+into\b))/is;
const target = new RegExp(
  String.raw`\b(?:insert\s+into|update|delete\s+from|merge\s+into|replace\s+into)\s+(?:only\s+)?((?:${identifier}\s*\.\s*)*${identifier})`,
  "i",
);

/** What kept rows that were there from others, statement by statement, as the server timed them. Pure. */
export function rowLocks({ statements, tables, newTables }: Observations): readonly RowLock[] {
  const touched = tables.filter(({ updated, deleted }) => updated + deleted > 0);
  const most = touched.reduce((sum, { updated, deleted }) => sum + updated + deleted, 0);
  const made = new Set(newTables.map(lastPart));
  return statements.flatMap((statement): readonly RowLock[] => {
    const sql = statement.sql.replaceAll(/\/\*.*?\*\/|--[^\n]*/gs, " ");
    // One that changed more than all tables that were there was about a temporary one.
    if (!changing.test(sql) || touched.length === 0 || statement.rows > most) return [];
    const [, named] = target.exec(sql) ?? [];
    const name = named === undefined ? null : lastPart(named);
    const table = touched.find((one) => lastPart(one.table) === name)?.table ?? null;
    if (table === null && name !== null && made.has(name)) return [];
    return [{ table, ms: longestOf(statement), rows: statement.rows }];
  });
}

/** How long the longest of its calls took, in milliseconds. */
export function longestOf({ longestMs, ms }: StatementRun): number {
  return Math.round(longestMs ?? ms);
}

function lastPart(name: string): string {
  const part = new RegExp(`${identifier}$`).exec(name)?.[0] ?? name;
  return /^["`]/.test(part) ? part.slice(1, -1) : part.toLowerCase();
}
