import { formatDuration } from "@sluice/core";
import type { ReportData, ReportStep } from "../report-data.ts";
import { formatOffset } from "../text.ts";
import { html, type Markup } from "./markup.ts";
import { type Column, table } from "./table.ts";

const columns: readonly Column[] = [
  { name: "Step" },
  { name: "What" },
  { name: "Result" },
  { name: "Begun", is: "number" },
  { name: "Took", is: "number" },
  { name: "When", is: "chart" },
];

/** Every step with its bar, all to one scale. */
export function timeline({ steps, spanMs }: ReportData): Markup {
  if (steps.length === 0) return html`<p>Nothing was to be done.</p>`;
  const caption = `Steps in the order they ended; the bars span ${formatDuration(spanMs)}, from the beginning to the last record.`;
  return table(
    caption,
    columns,
    steps.map((step) => [
      step.step,
      html`${step.target}${step.cause && html`<br><span class="dim">${step.cause}</span>`}`,
      html`<span class="${tones[step.result]}">${step.result}</span>${step.error && html`<br>${step.error}`}`,
      step.startMs === null ? "–" : formatOffset(step.startMs),
      step.durationMs === null ? "–" : formatDuration(step.durationMs),
      bar(step, spanMs),
    ]),
  );
}

/** Decoration: the cells before it say the same. */
function bar({ startMs, durationMs, result }: ReportStep, spanMs: number): Markup {
  if (startMs === null || durationMs === null) return html``;
  const begin = Math.min(startMs / spanMs, 1) * 1_000;
  // What took no time is still seen.
  const width = Math.max(4, Math.min((durationMs / spanMs) * 1_000, 1_000 - begin));
  return html`<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="fill ${tones[result]}" x="${round(Math.min(begin, 996))}" y="0" width="${round(width)}" height="10"/></svg>`;
}

const tones = {
  done: "good",
  failed: "bad",
  undone: "warn",
  "undo-failed": "bad",
  "no end": "warn",
  "not begun": "dim",
} as const satisfies Record<ReportStep["result"], string>;

const round = (value: number): number => Number(value.toFixed(1));
