import type { WindowSuggestionView } from "@sluice/wiring";

export function aSuggestion(over: Partial<WindowSuggestionView> = {}): WindowSuggestionView {
  return {
    timezone: "Europe/Berlin",
    knownHours: 168,
    ofHours: 168,
    perMinute: 120,
    anytime: [{ text: "tue 04:00-06:00", perMinute: 0.25 }],
    atWork: [{ text: "fri 16:00-18:00", perMinute: 80 }],
    counts: 672,
    since: "2026-03-02T00:00:00Z",
    until: "2026-03-16T00:00:00Z",
    ...over,
  };
}
