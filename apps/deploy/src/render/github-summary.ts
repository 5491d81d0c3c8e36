import { formatDuration } from "@sluice/core";
import { rehearsalTables, rehearsalVerdictText, rollbackSafeText } from "@sluice/wiring";
import { cell, table } from "./markdown.ts";
import type { Story } from "./story.ts";
import { findingText, nextCommand, outcomeText, servingNowText } from "./words.ts";

/** The deployment as Markdown for the page of the job; empty when there was none. */
export function githubSummary(story: Story, given: string, now: Date): string {
  const { start, end, ended, verdicts, errors, findings, rehearsals, output } = story;
  if (!end) return "";
  const next = nextCommand(end, given);
  const good = end.exitCode === 0;
  return [
    `## ${good ? "✅" : "❌"} ${cell(outcomeText(end))}`,
    "",
    `**Now:** ${cell(servingNowText(end))}${end.previous ? `, the way back is ${cell(end.previous.tag)}` : ""}`,
    ...(start
      ? ["", `${cell(start.kind)} \`${cell(start.deployment)}\` by ${cell(start.actor)}: ${cell(start.reason)}`]
      : []),
    ...(next ? ["", `**Next:** \`${cell(next)}\``] : []),
    ...errors.flatMap(({ code, message, hint }) => [
      "",
      `**${code}:** ${cell(message)}${hint ? `  \n${cell(hint)}` : ""}`,
    ]),
    ...table(
      ["step", "what", "result", "time"],
      ended.map(({ kind, target, result, durationMs }) => [kind, target, result, formatDuration(durationMs)]),
    ),
    ...table(
      ["check", "result", "value", "limit", "n"],
      verdicts.map(({ check, result, value, limit, n }) => [check, result, value, limit, String(n)]),
    ),
    ...rehearsals.flatMap(rehearsal),
    ...(findings.length > 0 ? ["", ...findings.map((finding) => `- ${cell(findingText(finding))}`)] : []),
    ...(good || output.length === 0 ? [] : details(output.map(({ source, text }) => `${source} | ${text}`))),
    "",
    `<sub>${now.toISOString()}</sub>`,
    "",
  ].join("\n");
}

/** What a migration did to a copy of the database, and what is thought of it. */
function rehearsal({ verdict, previous, findings, seen }: Story["rehearsals"][number]): readonly string[] {
  const safe = `${rollbackSafeText(previous.result)} (${previous.why})`;
  return [
    "",
    `**Rehearsal:** the migration ${rehearsalVerdictText(verdict)}; rollback of images safe: ${cell(safe)}`,
    ...table(
      ["", "finding", "what to do", "code"],
      findings.map(({ severity, message, hint = "", code }) => [severity, message, hint, code]),
    ),
    ...rehearsalTables(seen).flatMap(({ head, rows }) => table(head, rows)),
    "",
    `<sub>not tested: ${cell(seen.notTested.join("; "))}</sub>`,
  ];
}

function details(lines: readonly string[]): readonly string[] {
  // Indented code needs no fence that the text could close.
  return [
    "",
    "<details><summary>the last lines of output</summary>",
    "",
    ...lines.map((line) => `    ${line}`),
    "",
    "</details>",
  ];
}
