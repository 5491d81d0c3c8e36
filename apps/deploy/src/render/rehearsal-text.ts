import { formatDuration, rehearsalCopyText } from "@sluice/core";
import {
  type RehearsalFinding,
  type RehearsalReport,
  rehearsalCopy,
  rehearsalSeen,
  rehearsalTables,
  rehearsalVerdictText,
  rollbackSafeText,
} from "@sluice/wiring";
import { formatSection, formatTable } from "./table.ts";

/** A rehearsal for people: the verdict and why, then what was seen, then what was not looked at. */
export function rehearsalText(report: RehearsalReport): string {
  const { migration, findings, notTested } = report;
  return (
    `${rehearsalTitle(report)}\n${rehearsalFacts(report)
      .map((line) => `${line}\n`)
      .join("")}` +
    (migration.error?.detail ? formatSection("the migration said", migration.error.detail) : "") +
    formatSection("findings", findings.map(findingLines).join("\n")) +
    rehearsalTables(rehearsalSeen(report))
      .map(({ name, head, rows }) => formatSection(name, formatTable(head, rows)))
      .join("") +
    formatSection("not tested", notTested.join("\n"))
  );
}

export function rehearsalTitle({ release, verdict }: RehearsalReport): string {
  return `the migration of ${release} ${rehearsalVerdictText(verdict)}`;
}

export function rehearsalFacts(report: RehearsalReport): readonly string[] {
  const { backup, migration, compatibility, times, liveLongest, down } = report;
  const copy = rehearsalCopyText({ backup: backup.id, copy: rehearsalCopy(report) });
  const how = { job: "jobs", start: "the start of", none: "nothing" }[migration.how];
  const { release, result, why } = compatibility;
  return [
    `copy of ${copy} (${backup.level}), restored in ${formatDuration(times.restoreMs)}, copied again in ${formatDuration(times.cloneMs)}`,
    `migrated by ${[how, ...migration.services].join(" ")} in ${formatDuration(migration.ms)}`,
    ...(release === null
      ? [`rollback of images: ${why}`]
      : [`rollback of images to ${release} safe: ${rollbackSafeText(result)} (${why})`]),
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
