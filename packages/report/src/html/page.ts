import { createHash } from "node:crypto";
import type { ReportData } from "../report-data.ts";
import { durationText, formatOffset, formatTime, outcomeText, servingText } from "../text.ts";
import { html, type Markup, toText } from "./markup.ts";
import { rehearsals } from "./rehearsals.ts";
import { shareChart } from "./share-chart.ts";
import { style } from "./style.ts";
import { table } from "./table.ts";
import { timeline } from "./timeline.ts";
import { measures, verdictTable } from "./verdicts.ts";

/**
 * The report as one HTML file that needs nothing else: no script, no address, no font. Its content policy allows the
 * page's own style sheet, by its hash, and nothing more.
 */
export function renderHtml(data: ReportData): string {
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const title = `${data.stack}: ${data.kind} ${data.tag}`;
  const [before, after] = toText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style></style>
</head>
<body>
<main>
${header(data, title)}
${section("timeline", "Timeline", timeline(data))}
${section("share", "Share of the new version", shareChart(data))}
${section("measures", "Errors and latency by slot", measures(data))}
${section("verdicts", "Verdicts", verdictTable(data))}
${data.rehearsals.length > 0 && section("rehearsals", "Rehearsal of the migration", rehearsals(data))}
${section("happenings", "Findings and errors", happenings(data))}
${section("images", "Images", images(data))}
</main>
<footer>Times are in UTC (+00:00); “+” counts from the beginning. ${data.leftOut > 0 && `${data.leftOut} older rows are left out. `}Made by sluice report.</footer>
</body>
</html>
`).split("<style></style>", 2) as [string, string];
  // The style sheet is a constant of this package; escaped it would be another one.
  return `${before}<style>${style}</style>${after}`;
}

const styleHash = createHash("sha256").update(style).digest("base64");

function section(id: string, title: string, content: Markup): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>`;
}

function header(data: ReportData, title: string): Markup {
  const { exitCode, because } = data;
  const tone = exitCode === null ? "warn" : exitCode === 0 ? "good" : "bad";
  const facts: readonly (readonly [string, string | null])[] = [
    ["Now serves", servingText(data)],
    ["Exit code", exitCode === null ? null : String(exitCode)],
    ["Took", durationText(data)],
    ["Begun", formatTime(data.begunAt)],
    ["Ended", data.endedAt && formatTime(data.endedAt)],
    ["By", data.actor],
    ["Reason", data.reason],
    ["Consents and overrides", data.consents.length > 0 ? data.consents.join(", ") : "none"],
    ["Deployment", data.deployment],
    ["Release", data.release ?? "not stored"],
    ["Commit", data.dirty ? `${data.commit}, with uncommitted changes` : (data.commit ?? "not known")],
  ];
  return html`<header><h1>${title}</h1>
<p class="verdict ${tone}">${outcomeText(data)}</p>
${because && html`<p>${because}</p>`}
<dl>${facts.map(
    ([name, value]) =>
      value !== null &&
      html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl></header>`;
}

const tones = { error: "bad", warn: "warn", info: "dim" } as const;

function happenings({ happenings: rows }: ReportData): Markup {
  if (rows.length === 0) return html`<p>None.</p>`;
  return table(
    "In the order they happened.",
    [{ name: "At", is: "number" }, { name: "Kind" }, { name: "What" }],
    rows.map(({ atMs, severity, code, message, hint, detail }) => [
      formatOffset(atMs),
      html`<span class="${tones[severity]}">${severity}</span><br><code>${code}</code>`,
      html`${message}${hint && html`<br><span class="dim">Next: ${hint}</span>`}${detail && html`<pre>${detail}</pre>`}`,
    ]),
  );
}

function images({ images: rows }: ReportData): Markup {
  if (rows.length === 0) return html`<p>The release is not stored, or has none.</p>`;
  return table(
    "By their ids; a reference keeps an image from being pruned.",
    [{ name: "Service" }, { name: "Id" }, { name: "Reference" }],
    rows.map(({ service, id, reference }) => [service, html`<code>${id}</code>`, html`<code>${reference}</code>`]),
  );
}
