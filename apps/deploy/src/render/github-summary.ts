import { formatDuration } from "@sluice/core";
import { markdownText, rehearsalTables, rehearsalVerdictText, rollbackSafeText } from "@sluice/wiring";
import { code, table } from "./markdown.ts";
import { outputText } from "./plain.ts";
import type { Story } from "./story.ts";
import { beforeNext, findingText, logsCommand, nextCommand, outcomeText, servingNowText } from "./words.ts";

/** The deployment as Markdown for the page of the job; empty when there was none. */
export function githubSummary(story: Story, given: string, now: Date): string {
  const { start, end, ended, verdicts, errors, findings, rehearsals, output } = story;
  if (!end) return "";
  const [before, next] = [beforeNext(story), nextCommand(story, given)];
  const logs = logsCommand(end.deployment, end.logs ?? [], given);
  const good = end.exitCode === 0;
  return [
    `## ${good ? "✅" : "❌"} ${markdownText(outcomeText(end))}`,
    "",
    `**Now:** ${markdownText(servingNowText(end))}${end.previous ? `, the way back is ${markdownText(end.previous.tag)}` : ""}`,
    ...(start
      ? [
          "",
          `${markdownText(start.kind)} ${code(start.deployment)} by ${markdownText(start.actor)}: ${markdownText(start.reason)}`,
        ]
      : []),
    ...(next ? ["", `**Next:** ${before && `${markdownText(before)}; then `}${code(next)}`] : []),
    ...(logs ? ["", `**Logs:** ${code(logs)}`] : []),
    ...errors.flatMap(({ code: name, message, hint }) => [
      "",
      `**${name}:** ${markdownText(message)}${hint ? `  \n${markdownText(hint)}` : ""}`,
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
    ...(findings.length > 0 ? ["", ...findings.map((finding) => `- ${markdownText(findingText(finding))}`)] : []),
    ...(good || output.length === 0 ? [] : details(output.map(outputText))),
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
    `**Rehearsal:** the migration ${rehearsalVerdictText(verdict)}; rollback of images safe: ${markdownText(safe)}`,
    ...table(
      ["", "finding", "what to do", "code"],
      findings.map(({ severity, message, hint = "", code: name }) => [severity, message, hint, name]),
    ),
    ...rehearsalTables(seen).flatMap(({ head, rows }) => table(head, rows)),
    "",
    `<sub>not tested: ${markdownText(seen.notTested.join("; "))}</sub>`,
  ];
}

function details(lines: readonly string[]): readonly string[] {
  // Indented code needs no fence that the text could close. Each line is indented by two already.
  return [
    "",
    "<details><summary>the last lines of output</summary>",
    "",
    ...lines.map((line) => `  ${line}`),
    "",
    "</details>",
  ];
}
