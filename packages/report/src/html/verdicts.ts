import { otherSlot } from "@sluice/core";
import type { ReportData, ReportVerdict } from "../report-data.ts";
import { formatMeasure, formatOffset, formatP } from "../text.ts";
import { html, type Markup } from "./markup.ts";
import { table } from "./table.ts";

const tones = { pass: "good", fail: "bad", "no-data": "warn" } as const;

/** Every verdict with its value, limit, sample size and probability. */
export function verdictTable({ verdicts }: ReportData): Markup {
  if (verdicts.length === 0) return html`<p>No verdict is recorded.</p>`;
  return table(
    "n is the sample size, p the probability of a result at least this bad if nothing were wrong.",
    [
      { name: "Check" },
      { name: "Result" },
      { name: "Value" },
      { name: "Limit" },
      { name: "n", is: "number" },
      { name: "p", is: "number" },
      { name: "At", is: "number" },
    ],
    verdicts.map(({ check, result, value, limit, n, p, atMs, detail }) => [
      check,
      html`<span class="${tones[result]}">${result}</span>`,
      html`${value}${detail && html`<pre>${detail}</pre>`}`,
      limit,
      String(n),
      formatP(p),
      formatOffset(atMs),
    ]),
  );
}

type Measured = ReportVerdict & { readonly measured: NonNullable<ReportVerdict["measured"]> };

/** Errors and latency of both slots, side by side, as far as verdicts carry them. */
export function measures({ verdicts }: ReportData): Markup {
  const rows = verdicts.filter((verdict): verdict is Measured => verdict.measured !== undefined);
  if (rows.length === 0) return html`<p>No measurement of users' requests is recorded.</p>`;
  const largest = { "%": 0, ms: 0 };
  for (const { measured } of rows) {
    largest[measured.unit] = Math.max(largest[measured.unit], measured.candidate, measured.previous ?? 0);
  }
  return table(
    "What users got from the new version (upper bar) and from the one before (lower bar), all of a unit to one scale.",
    [
      { name: "Check" },
      { name: "At", is: "number" },
      { name: "New", is: "number" },
      { name: "Before", is: "number" },
      { name: "Side by side", is: "chart" },
    ],
    rows.map(({ check, atMs, slot, measured: { unit, candidate, previous } }) => [
      check,
      formatOffset(atMs),
      html`${formatMeasure(candidate, unit)}<br><span class="dim">${slot}</span>`,
      html`${formatMeasure(previous, unit)}<br><span class="dim">${otherSlot(slot)}</span>`,
      bars(candidate, previous, largest[unit]),
    ]),
  );
}

/** Decoration: the cells before it say the same. */
function bars(candidate: number, previous: number | null, largest: number): Markup {
  const width = (value: number | null) => (largest > 0 ? Number((((value ?? 0) / largest) * 1_000).toFixed(1)) : 0);
  return html`<svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="fill" x="0" y="0" width="${width(candidate)}" height="4.5"/><rect class="fill second" x="0" y="5.5" width="${width(previous)}" height="4.5"/></svg>`;
}
