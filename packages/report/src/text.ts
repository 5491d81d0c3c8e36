import { formatDuration } from "@sluice/core";
import type { ReportData } from "./report-data.ts";

/** Characters that print nothing or turn the direction of what follows are shown by their number. */
export function visible(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{NChar}\u2028\u2029]/gu, (character) =>
      character === "\n" || character === "\t" ? character : `[U+${hex(character)}]`,
    );
}

const hex = (character: string) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/** `2026-05-01 10:00:00 UTC`. Text that is no time is given back as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Time since the beginning: `+1m20s`. */
export const formatOffset = (ms: number): string => `+${formatDuration(ms)}`;

/** A share to two decimals, or whole milliseconds: `0.25 %`, `120 ms`; in words where nobody used it. Pure. */
export function formatMeasure(value: number | null, unit: "%" | "ms"): string {
  return value === null ? "no users" : `${Number(value.toFixed(unit === "%" ? 2 : 0))} ${unit}`;
}

/** At most three significant digits, and never 0 for what is not. */
export function formatP(p: number | undefined): string {
  if (p === undefined) return "–";
  return p > 0 && p < 0.001 ? "< 0.001" : String(Number(p.toPrecision(3)));
}

/** What serves since the deployment has ended, in words. Pure. */
export function servingText({ serving, outcome }: ReportData): string {
  if (serving) return `${serving.tag} (${serving.slot ? `slot ${serving.slot}` : "base"}, ${serving.share} %)`;
  return outcome === null ? "not recorded: the deployment has no end" : "no release, or it could not be seen";
}

export const outcomeText = ({ outcome }: ReportData): string => outcome ?? "no end";

/** How long the deployment took: `1m20s`. Pure. */
export function durationText({ durationMs }: ReportData): string {
  return durationMs === null ? "no end" : formatDuration(durationMs);
}
