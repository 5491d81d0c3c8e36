import { markdownText, type RehearsalReport, rehearsalSeen, rehearsalTables } from "@sluice/wiring";
import { table } from "./markdown.ts";
import { rehearsalFacts, rehearsalTitle } from "./rehearsal-text.ts";

const marks = { pass: "✅", warn: "⚠️", block: "❌" } as const;

/** A rehearsal as Markdown, for the page of a job or a comment. */
export function rehearsalMarkdown(report: RehearsalReport): string {
  const { verdict, findings, notTested, at } = report;
  return [
    `## ${marks[verdict]} ${markdownText(rehearsalTitle(report))}`,
    "",
    ...rehearsalFacts(report).map((line) => `- ${markdownText(line)}`),
    ...table(
      ["", "finding", "what to do", "code"],
      findings.map(({ severity, message, hint, code }) => [severity, message, hint ?? "", code]),
    ),
    ...rehearsalTables(rehearsalSeen(report)).flatMap(({ head, rows }) => table(head, rows)),
    "",
    "**Not tested:**",
    "",
    ...notTested.map((line) => `- ${markdownText(line)}`),
    "",
    `<sub>${at}</sub>`,
    "",
  ].join("\n");
}
