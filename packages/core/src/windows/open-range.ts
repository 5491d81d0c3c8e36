/** A weekly span of local time. */
export interface OpenRange {
  /** As it was written: `mon-thu 09:00-16:00`. */
  readonly text: string;
  /** Days on which it begins, 1 for Monday to 7 for Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight, inclusive. */
  readonly from: number;
  /** Minutes after midnight, exclusive, at most 1440. Not later than `from`: it ends on the day after. */
  readonly until: number;
}

const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const dayName = `(?:${dayNames.join("|")})`;
const daysPattern = `daily|${dayName}(?:-${dayName})?(?:,${dayName}(?:-${dayName})?)*`;
const time = "\\d\\d:\\d\\d";
const pattern = new RegExp(`^(?<days>${daysPattern})(?: +(?<from>${time})-(?<until>${time}))?$`);

/**
 * Reads `mon-thu 09:00-16:00`, `sat,sun`, `daily 22:00-02:00`: days or spans of days (`fri-mon` goes over the weekend),
 * then optionally from when until when. Without a time it is the whole day. `undefined` when it is not such a text.
 */
export function parseOpenRange(text: string): OpenRange | undefined {
  const { days, from: begin = "00:00", until: end = "24:00" } = pattern.exec(text)?.groups ?? {};
  if (days === undefined) return undefined;
  const from = minutesOf(begin, 1_439);
  const until = minutesOf(end, 1_440);
  if (from === undefined || until === undefined || from === until || until === 0) return undefined;
  return { text, days: daysOf(days), from, until };
}

function daysOf(text: string): readonly number[] {
  if (text === "daily") return [1, 2, 3, 4, 5, 6, 7];
  const days = text.split(",").flatMap((part) => {
    const [first = 1, last = first] = part.split("-").map((name) => dayNames.findIndex((day) => day === name) + 1);
    const count = ((last - first + 7) % 7) + 1;
    return Array.from({ length: count }, (_, index) => ((first - 1 + index) % 7) + 1);
  });
  return [...new Set(days)].toSorted((a, b) => a - b);
}

function minutesOf(text: string, most: number): number | undefined {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  const total = hours * 60 + minutes;
  return minutes < 60 && total <= most ? total : undefined;
}

/** Whether a local day of the week and minute of the day lie in the range. */
export function isInRange({ days, from, until }: OpenRange, day: number, minute: number): boolean {
  const begins = days.includes(day);
  if (from < until) return begins && minute >= from && minute < until;
  const beganYesterday = days.includes(day === 1 ? 7 : day - 1);
  return (begins && minute >= from) || (beganYesterday && minute < until);
}
