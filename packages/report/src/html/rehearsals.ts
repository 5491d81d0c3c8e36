import { formatDuration, rehearsalCopyText } from "@sluice/core";
import { rehearsalTables, rehearsalVerdictText, rollbackSafeText } from "../rehearsal-tables.ts";
import type { ReportData } from "../report-data.ts";
import { formatOffset } from "../text.ts";
import { html, type Markup } from "./markup.ts";
import { table } from "./table.ts";

const tones = { pass: "good", warn: "warn", block: "bad", note: "dim" } as const;

/** What came of the rehearsals of a deployment's migration. */
export function rehearsals({ rehearsals: all }: ReportData): Markup {
  return html`${all.map(rehearsalOf)}`;
}

function rehearsalOf({
  atMs,
  verdict,
  previous,
  findings,
  backup,
  copy,
  seen,
}: ReportData["rehearsals"][number]): Markup {
  return html`<p><span class="${tones[verdict]}">The migration ${rehearsalVerdictText(verdict)}</span>: on a copy of ${rehearsalCopyText({ backup, copy })}, it took ${formatDuration(seen.migrationMs)} (${formatOffset(atMs)}). A rollback of images is safe: ${rollbackSafeText(previous.result)} (${previous.why}).</p>
${
  findings.length > 0 &&
  table(
    "What was found, the gravest first.",
    [{ name: "Kind" }, { name: "What" }],
    findings.map(({ severity, code, message, hint }) => [
      html`<span class="${tones[severity]}">${severity}</span><br><code>${code}</code>`,
      html`${message}${hint && html`<br><span class="dim">Next: ${hint}</span>`}`,
    ]),
  )
}
${rehearsalTables(seen).map(({ name, head, rows }) =>
  table(
    name,
    head.map((column) => ({ name: column })),
    rows,
  ),
)}
<p class="dim">Not tested: ${seen.notTested.join("; ")}.${seen.leftOut > 0 && ` ${seen.leftOut} entries more: sluice db rehearse.`}</p>
`;
}
