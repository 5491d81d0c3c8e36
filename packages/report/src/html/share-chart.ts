import { formatDuration } from "@sluice/core";
import type { ReportData, SharePoint } from "../report-data.ts";
import { formatOffset } from "../text.ts";
import { html, type Markup } from "./markup.ts";
import { table } from "./table.ts";

const plot = { left: 48, right: 704, top: 12, bottom: 172 } as const;
/** Dashes tell services apart where colour does not. */
const dashes = ["none", "8 4", "2 4", "12 4 2 4"];

/** The candidate's share of the users over time, a line for each service, and the same as a table. */
export function shareChart(data: ReportData): Markup {
  const { shares, spanMs } = data;
  if (shares.length === 0) return html`<p>No change of shares is recorded.</p>`;
  const services = [...new Set(shares.map(({ service }) => service))];
  const lines = services.map((service, index) => {
    const points = shares.filter((point) => point.service === service);
    const second = index % 2 === 1 ? "second" : "first";
    const path = steps(points, spanMs);
    return html`<path class="line ${second}" stroke-dasharray="${dashes[index % dashes.length]}" d="${path}"/>`;
  });
  return html`<figure><svg viewBox="0 0 720 200" role="img" aria-labelledby="share-title share-description">
<title id="share-title">Share of the new version over time</title>
<desc id="share-description">${describe(shares)}</desc>
${[0, 50, 100].map((share) => html`<path class="grid" d="M${plot.left} ${y(share)}H${plot.right}"/><text x="${plot.left - 6}" y="${y(share) + 4}" text-anchor="end">${share} %</text>`)}
${lines}
<text x="${plot.left}" y="192">+0s</text><text x="${plot.right}" y="192" text-anchor="end">${formatOffset(spanMs)}</text>
</svg><figcaption>${services.length > 1 && `Lines: ${services.map((service, index) => `${service} (${["solid", "dashed", "dotted", "dash-dotted"][index % 4]})`).join(", ")}. `}The whole width is ${formatDuration(spanMs)}.</figcaption></figure>
${table(
  "The same in numbers.",
  [{ name: "Service" }, { name: "Slot" }, { name: "At", is: "number" }, { name: "Share", is: "number" }],
  shares.map(({ atMs, service, slot, share }) => [service, slot, formatOffset(atMs), `${share} %`]),
)}`;

  function steps(points: readonly SharePoint[], span: number): string {
    const x = (ms: number) => round(plot.left + Math.min(ms / span, 1) * (plot.right - plot.left));
    const moves = points.map(({ atMs, share }) => `H${x(atMs)}V${y(share)}`);
    return `M${plot.left} ${y(0)}${moves.join("")}H${plot.right}`;
  }
}

function describe(shares: readonly SharePoint[]): string {
  return shares
    .map(({ atMs, service, slot, share }) => `${service}: ${share} % to ${slot} at ${formatOffset(atMs)}`)
    .join("; ");
}

const y = (share: number): number =>
  round(plot.bottom - (Math.min(Math.max(share, 0), 100) / 100) * (plot.bottom - plot.top));
const round = (value: number): number => Number(value.toFixed(1));
