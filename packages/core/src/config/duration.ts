const unitMs = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const pattern = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;

/** Milliseconds of a duration in Compose syntax (`1m30s`, `500ms`, `0s`); `undefined` when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!pattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return total;
}

/** The shortest exact form in Compose syntax, for people: `1m30s`, `250ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))}s`;
  const totalSeconds = Math.round(ms / 1_000);
  const hours = Math.floor(totalSeconds / 3_600);
  const minutes = Math.floor((totalSeconds % 3_600) / 60);
  const seconds = totalSeconds % 60;
  return `${hours ? `${hours}h` : ""}${minutes ? `${minutes}m` : ""}${seconds ? `${seconds}s` : ""}`;
}
