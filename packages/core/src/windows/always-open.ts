import type { Windows } from "./window-schema.ts";

/**
 * Whether nothing ever closes: no windows, holidays or freezes. Asked first where that is the usual case, as
 * `windowState` of `@sluice/core/windows` loads the calendar of every time zone.
 */
export function isAlwaysOpen({ open, holidays, freezes }: Windows): boolean {
  return open.length === 0 && holidays.length === 0 && freezes.length === 0;
}
