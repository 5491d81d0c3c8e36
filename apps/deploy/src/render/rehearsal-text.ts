import { formatDuration } from "@sluice/core";
import type { RehearsalFinding, RehearsalReport } from "@sluice/wiring";
import { bytesText } from "./bytes.ts";
import { formatSection, formatTable } from "./table.ts";

/** Statements and tables that are shown; the JSON has all. */
const most = 20;
const sqlWidth = 100;

/** A rehearsal for people: the verdict and why, then what was seen, then what was not looked at. */
export function rehearsalText(report: RehearsalReport): string {
  const { migration, findings, notTested } = report;
  return (
    `${rehearsalTitle(report)}\n${rehearsalFacts(report)
      .map((line) => `${line}\n`)
      .join("")}` +
    (migration.error?.detail ? formatSection("the migration said", migration.error.detail) : "") +
    formatSection("findings", findings.map(findingLines).join("\n")) +
    formatSection("statements", formatTable(["time", "rows", "statement"], statementRows(report))) +
    formatSection("locks", formatTable(["table", "blocks", "held", "by"], lockRows(report))) +
    formatSection("written anew", formatTable(["table", "size", "rows", "why"], rewriteRows(report))) +
    formatSection(
      "rows",
      formatTable(["table", "before", "after", "inserted", "updated", "deleted"], tableRows(report)),
    ) +
    formatSection("not tested", notTested.join("\n"))
  );
}

const verdictTexts = { pass: "passes", warn: "passes, with warnings", block: "must not run" } as const;

export function rehearsalTitle({ release, verdict }: RehearsalReport): string {
  return `the migration of ${release} ${verdictTexts[verdict]}`;
}

export function rehearsalFacts({
  backup,
  migration,
  compatibility,
  times,
  liveLongest,
  down,
}: RehearsalReport): readonly string[] {
  const how = { job: "jobs", start: "the start of", none: "nothing" }[migration.how];
  const { release, result, why } = compatibility;
  const safe = { pass: "yes", fail: "no", "not-tested": "not known" }[result];
  return [
    `copy of backup ${backup.id} (${backup.level}), restored in ${formatDuration(times.restoreMs)}, copied again in ${formatDuration(times.cloneMs)}`,
    `migrated by ${[how, ...migration.services].join(" ")} in ${formatDuration(migration.ms)}`,
    ...(release === null
      ? [`rollback of images: ${why}`]
      : [`rollback of images to ${release} safe: ${safe} (${why})`]),
    ...(down ? [downText(down)] : []),
    ...(liveLongest
      ? [
          `longest transaction on the live database now: ${formatDuration(liveLongest.ms)}, of ${liveLongest.application}`,
        ]
      : []),
  ];
}

function downText({ ms, error, left }: NonNullable<RehearsalReport["down"]>): string {
  if (error) return `taken back: no (${error.message})`;
  return `taken back in ${formatDuration(ms)}: ${left.length === 0 ? "it is what it was" : left.join(", ")}`;
}

function findingLines({ severity, code, message, hint }: RehearsalFinding): string {
  return `${severity}: ${message} [${code}]${hint ? `\n  ${hint}` : ""}`;
}

export function statementRows({ observations }: RehearsalReport): readonly (readonly string[])[] {
  return observations.statements
    .filter(({ sql }) => !/^\s*(?:begin|commit|rollback|set|reset|show)\b/i.test(sql))
    .slice(0, most)
    .map(({ sql, ms, rows, calls, how }) => {
      const text = sql.replaceAll(/\s+/g, " ").trim();
      const short = text.length > sqlWidth ? `${text.slice(0, sqlWidth)}…` : text;
      const often = calls > 1 ? ` (${calls} times)` : "";
      return [formatDuration(Math.round(ms)), String(rows), `${short}${often}${how ? ` (${how})` : ""}`];
    });
}

export function lockRows({ observations }: RehearsalReport): readonly (readonly string[])[] {
  return observations.locks
    .slice(0, most)
    .map(({ table, blocks, heldMs, by }) => [table, blocks, formatDuration(heldMs), by]);
}

export function rewriteRows({ observations }: RehearsalReport): readonly (readonly string[])[] {
  return observations.rewrites.map(({ table, bytes, rows, reason }) => [table, bytesText(bytes), String(rows), reason]);
}

/** Tables whose rows are others than they were. */
export function tableRows({ observations }: RehearsalReport): readonly (readonly string[])[] {
  return observations.tables
    .filter((one) => one.rowsAfter !== one.rowsBefore || one.inserted + one.updated + one.deleted > 0)
    .slice(0, most)
    .map(({ table, rowsBefore, rowsAfter, inserted, updated, deleted }) => [
      table,
      String(rowsBefore),
      rowsAfter === null ? "no table" : String(rowsAfter),
      ...[inserted, updated, deleted].map(String),
    ]);
}
