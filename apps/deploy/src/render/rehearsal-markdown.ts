import type { RehearsalReport } from "@sluice/wiring";
import { cell, table } from "./markdown.ts";
import { lockRows, rehearsalFacts, rehearsalTitle, rewriteRows, statementRows, tableRows } from "./rehearsal-text.ts";

const marks = { pass: "✅", warn: "⚠️", block: "❌" } as const;

/** A rehearsal as Markdown, for the page of a job or a comment. */
export function rehearsalMarkdown(report: RehearsalReport): string {
  const { verdict, findings, notTested, at } = report;
  return [
    `## ${marks[verdict]} ${cell(rehearsalTitle(report))}`,
    "",
    ...rehearsalFacts(report).map((line) => `- ${cell(line)}`),
    ...table(
      ["", "finding", "what to do", "code"],
      findings.map(({ severity, message, hint, code }) => [severity, message, hint ?? "", code]),
    ),
    ...table(["time", "rows", "statement"], statementRows(report)),
    ...table(["locked", "blocks", "held", "by"], lockRows(report)),
    ...table(["written anew", "size", "rows", "why"], rewriteRows(report)),
    ...table(["table", "before", "after", "inserted", "updated", "deleted"], tableRows(report)),
    "",
    "**Not tested:**",
    "",
    ...notTested.map((line) => `- ${cell(line)}`),
    "",
    `<sub>${at}</sub>`,
    "",
  ].join("\n");
}
