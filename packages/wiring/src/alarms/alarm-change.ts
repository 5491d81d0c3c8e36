/** What was told last of an alarm that lasts. */
export interface AlarmState {
  /** When it was first told; ISO 8601, UTC. */
  readonly since: string;
  /** When it was told last; ISO 8601, UTC. */
  readonly toldAt: string;
  /** What people know to fail, by keys. */
  readonly failing: readonly string[];
}

/** What people are to be told of an alarm, and what is to be remembered of it then. */
export type AlarmChange =
  | { readonly word: "raised"; readonly since: string; readonly next: AlarmState }
  | { readonly word: "ended"; readonly since: string; readonly next: null };

/**
 * An alarm that lasts is told again after this long: once a day, as one that nobody answers is forgotten, and one that comes at each
 * run is not read. An hour short of a day, so that a nightly run that begins some minutes earlier than the night before counts.
 */
export const repeatMs = 23 * 3_600_000;

/**
 * What a run changes of an alarm; `null` where people know all of it. They are told when something begins to fail, when something else fails
 * besides, of all that still fails once a day, and when nothing fails any more. Pure.
 *
 * @param before `null` where nothing failed
 * @param failing what fails, by keys that stay the same while the same thing is wrong
 */
export function alarmChange(before: AlarmState | null, failing: readonly string[], now: Date): AlarmChange | null {
  const at = now.toISOString();
  if (failing.length === 0) return before && { word: "ended", since: before.since, next: null };
  const since = before?.since ?? at;
  const ageMs = before ? now.getTime() - Date.parse(before.toldAt) : Number.POSITIVE_INFINITY;
  // Told in the future: wall time was ahead then.
  const isDue = ageMs >= repeatMs || ageMs < 0;
  const known = before && !isDue ? before.failing : [];
  if (!isDue && failing.every((key) => known.includes(key))) return null;
  // What comes and goes while something else fails is told once in that time.
  return { word: "raised", since, next: { since, toldAt: at, failing: [...new Set([...known, ...failing])] } };
}

/** The state as it was written down; `null` for no alarm, and for what cannot be read: then it is told once more. */
export function parseAlarmState(text: string | undefined): AlarmState | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isAlarmState(value) ? value : null;
  } catch {
    return null;
  }
}

function isAlarmState(value: unknown): value is AlarmState {
  if (typeof value !== "object" || value === null) return false;
  const { since, toldAt, failing } = value as Record<string, unknown>;
  return [since, toldAt].every(isMoment) && Array.isArray(failing) && failing.every((key) => typeof key === "string");
}

function isMoment(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
