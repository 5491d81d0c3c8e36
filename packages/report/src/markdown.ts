import { formatDuration, rehearsalCopyText } from "@sluice/core";
import { rehearsalTables, rehearsalVerdictText, rollbackSafeText } from "./rehearsal-tables.ts";
import type { ReportData } from "./report-data.ts";
import { durationText, formatOffset, formatP, formatTime, outcomeText, servingText, visible } from "./text.ts";

/** The report in short, for a page that renders Markdown: what happened, what failed, what serves. */
export function renderMarkdown(data: ReportData): string {
  const { kind, tag, deployment, actor, reason, because, steps, verdicts, happenings, consents } = data;
  return [
    `## ${text(`${data.stack}: ${kind} ${tag}, ${outcomeText(data)}`)}`,
    "",
    `**Now serves:** ${text(servingText(data))}`,
    "",
    `${text(deployment)} by ${text(actor)}: ${text(reason)}. Begun ${text(formatTime(data.begunAt))}, took ${durationText(data)}${data.exitCode === null ? "" : `, exit code ${data.exitCode}`}.`,
    ...(because ? ["", `**Because:** ${text(because)}`] : []),
    ...(consents.length > 0 ? ["", `**Consented to:** ${consents.map(text).join(", ")}`] : []),
    ...table(
      ["step", "what", "result", "at", "time"],
      steps
        .filter(({ result }) => result !== "not begun")
        .map(({ kind: what, target, result, startMs, durationMs }) => [
          what,
          target,
          result,
          startMs === null ? "–" : formatOffset(startMs),
          durationMs === null ? "–" : formatDuration(durationMs),
        ]),
      2,
    ),
    ...table(
      ["check", "result", "value", "limit", "n", "p"],
      verdicts.map(({ check, result, value, limit, n, p }) => [check, result, value, limit, String(n), formatP(p)]),
      2,
    ),
    ...data.rehearsals.flatMap(rehearsal),
    ...(happenings.length > 0 ? [""] : []),
    ...happenings.map(
      ({ severity, code, message, hint }) =>
        `- **${severity} ${text(code)}:** ${text(message)}${hint ? ` (${text(hint)})` : ""}`,
    ),
    "",
  ].join("\n");
}

function rehearsal({
  verdict,
  previous,
  findings,
  backup,
  copy,
  seen,
}: ReportData["rehearsals"][number]): readonly string[] {
  const took = `on a copy of ${text(rehearsalCopyText({ backup, copy }))}, it took ${formatDuration(seen.migrationMs)}`;
  const safe = `a rollback of images is safe: ${rollbackSafeText(previous.result)} (${text(previous.why)})`;
  return [
    "",
    `**Rehearsal:** the migration ${rehearsalVerdictText(verdict)}; ${took}; ${safe}`,
    ...table(
      ["", "finding", "what to do", "code"],
      findings.map(({ severity, message, hint = "", code }) => [severity, message, hint, code]),
      0,
    ),
    ...rehearsalTables(seen).flatMap(({ head, rows }) => table(head, rows, 0)),
    "",
    `Not tested: ${seen.notTested.map(text).join("; ")}${seen.leftOut > 0 ? `; ${seen.leftOut} entries are left out: sluice db rehearse` : ""}`,
  ];
}

/** The last `numbers` columns are aligned to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[], numbers: number): readonly string[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]) => `| ${cells.map(text).join(" | ")} |`;
  const rule = head.map((_, column) => (column < head.length - numbers ? "---" : "---:"));
  return ["", row(head), `| ${rule.join(" | ")} |`, ...rows.map(row)];
}

/** Text of others: on one line, and nothing in it is Markdown, HTML, a link or a mention. Pure. */
export function text(value: string): string {
  return visible(value)
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, String.raw`\$&`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//")
    .replaceAll("www.", "www&#46;");
}
