import { type Config, type Finding, isAlwaysOpen, type TrafficCount } from "@sluice/core";
import type { WindowSuggestions } from "@sluice/core/windows";
import type { WindowView } from "./deployer.ts";

/** Whether deployments may begin now, and when that changes. */
export async function windowView(stack: string, { windows }: Config, now: Date): Promise<WindowView> {
  const { windowState } = await import("@sluice/core/windows");
  const { open, timezone, reason, freeze, nextOpening, closes } = windowState(windows, now);
  return {
    stack,
    open,
    reason,
    timezone,
    now: now.toISOString(),
    nextOpening: nextOpening?.toISOString() ?? null,
    closes: closes?.toISOString() ?? null,
    freeze,
    ranges: windows.open.map(({ text }) => text),
    holidays: windows.holidays,
    freezes: windows.freezes,
  };
}

/** What a plan says of a window that is closed. */
export async function windowFindings({ windows }: Config, now: Date): Promise<readonly Finding[]> {
  if (isAlwaysOpen(windows)) return [];
  const { formatInZone, windowState } = await import("@sluice/core/windows");
  const { open, reason, nextOpening, timezone } = windowState(windows, now);
  if (open) return [];
  const opens = nextOpening ? `it opens ${formatInZone(nextOpening, timezone)}; ` : "";
  return [
    {
      severity: "error",
      code: "window-closed",
      message: `a deployment would be refused: ${reason}`,
      hint: `${opens}--override REASON goes on all the same`,
    },
  ];
}

/** When there are few users, and what that is known from. */
export interface WindowSuggestionView extends WindowSuggestions {
  /** Looks at doors that are kept. */
  readonly counts: number;
  /** ISO 8601; of the first and of the last look. */
  readonly since: string | null;
  readonly until: string | null;
}

/** Hours with few users, by what the doors counted whenever somebody looked. */
export async function suggestedWindows(
  { windows }: Config,
  counts: readonly TrafficCount[],
  hours: number,
): Promise<WindowSuggestionView> {
  const { suggestWindows } = await import("@sluice/core/windows");
  const found = suggestWindows(counts, { timezone: windows.timezone, hours });
  return { ...found, counts: counts.length, since: counts[0]?.at ?? null, until: counts.at(-1)?.at ?? null };
}
