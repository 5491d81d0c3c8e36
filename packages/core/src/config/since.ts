import { parseDuration } from "./duration.ts";

const moment =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?<offset>Z|[+-]\d\d:\d\d)?)?$/;
/** Of as many digits as those since 2001 have: `5` is meant as something else. */
const unixSeconds = /^\d{10}(?:\.\d+)?$/;

/** How such a text is written, for people who have to write it. */
export const sinceForms =
  "a duration before now such as 10m or 24h, or a moment such as 2026-11-30, 2026-11-30T09:00 or 2026-11-30T09:00Z";

/**
 * Milliseconds since 1970 of a moment, or of what is a duration in Compose syntax before now: `10m`, `2026-11-30`,
 * `2026-11-30T09:00:00`, where the time zone of this machine is meant, the same with an offset (`Z`, `+01:00`), and Unix
 * seconds, as `docker logs --since` takes them; `undefined` for what is none of them, and for a day that no calendar has.
 */
export function parseSince(text: string, now: Date): number | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined) return now.getTime() - duration;
  if (unixSeconds.test(text)) return Number(text) * 1_000;
  const { year, month, day, time = "00:00", offset = "" } = moment.exec(text)?.groups ?? {};
  // A 30th of February would be read as a day of March.
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day)) return undefined;
  const ms = Date.parse(`${year}-${month}-${day}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}
