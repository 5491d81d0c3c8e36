const shown = {
  weekday: "short",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;

/** A moment where the windows are meant: `Mon 2026-11-30 09:00 Europe/Berlin`. */
export function formatInZone(at: Date, timezone: string): string {
  const parts = new Intl.DateTimeFormat("en", { ...shown, timeZone: timezone }).formatToParts(at);
  const { weekday, year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute} ${timezone}`;
}
