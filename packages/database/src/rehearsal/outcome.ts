import type { RehearsalOutcome, RehearsalSeen } from "@sluice/core";
import { hideLiterals, oneLine } from "../migrate/hide-literals.ts";
import type { RehearsalReport, StatementRun, TableDiff } from "./report.ts";

/** Entries of one kind that are kept; the report has all. */
const most = 20;
const longestText = 300;

/** A report as a deployment's record holds it: bounded, and without the literals of statements. Pure. */
export function rehearsalOutcome(report: RehearsalReport): RehearsalOutcome {
  const { verdict, compatibility, findings, backup } = report;
  const seen = rehearsalSeen(report, hideLiterals);
  return {
    verdict,
    previous: { result: compatibility.result, why: text(compatibility.why) },
    findings: findings.slice(0, most).map(({ code, severity, message, hint }) => ({
      code,
      severity,
      message: text(message),
      ...(hint === undefined ? {} : { hint: text(hint) }),
    })),
    backup: backup.id,
    copy: rehearsalCopy(report),
    seen: { ...seen, leftOut: seen.leftOut + Math.max(findings.length - most, 0) },
  };
}

/** What it ran on, at the time. Pure. */
export function rehearsalCopy({
  at,
  backup,
}: Pick<RehearsalReport, "at" | "backup">): NonNullable<RehearsalOutcome["copy"]> {
  return { at: backup.at, ageMs: Math.max(0, Date.parse(at) - Date.parse(backup.at)), release: backup.release };
}

/**
 * The part of a report that shows what was done: statements but those that only lead a session, tables whose rows changed.
 *
 * @param show how a statement is written; default: on one line of 100 characters
 */
export function rehearsalSeen(
  { observations, migration, notTested }: RehearsalReport,
  show: (sql: string) => string = (sql) => oneLine(sql, 100),
): RehearsalSeen {
  let leftOut = 0;
  const some = <T>(all: readonly T[]): readonly T[] => {
    leftOut += Math.max(all.length - most, 0);
    return all.slice(0, most);
  };
  const seen = {
    migrationMs: migration.ms,
    statements: some(observations.statements.filter(isWork)).map(({ sql, ms, calls, rows, how }) => ({
      sql: show(sql),
      ms,
      calls,
      rows,
      ...(how === undefined ? {} : { how }),
    })),
    locks: some(observations.locks).map(({ table, blocks, heldMs, by }) => ({
      table: text(table),
      blocks,
      heldMs,
      by: text(by),
    })),
    rewrites: some(observations.rewrites).map(({ table, bytes, rows, reason }) => ({
      table: text(table),
      bytes,
      rows,
      reason: text(reason),
    })),
    tables: some(observations.tables.filter(isOther)).map(
      ({ table, rowsBefore, rowsAfter, inserted, updated, deleted }) => ({
        table: text(table),
        rowsBefore,
        rowsAfter,
        inserted,
        updated,
        deleted,
      }),
    ),
    notTested: some(notTested).map(text),
  };
  return { ...seen, leftOut };
}

const text = (value: string) => oneLine(value, longestText);

function isWork({ sql }: StatementRun): boolean {
  return !/^\s*(?:begin|commit|rollback|set|reset|show)\b/i.test(sql);
}

function isOther({ rowsAfter, rowsBefore, inserted, updated, deleted }: TableDiff): boolean {
  return rowsAfter !== rowsBefore || inserted + updated + deleted > 0;
}
