/** What a door had counted at a moment. */
export interface TrafficCount {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: string;
  /** Of the door's process: with another one, counting began anew. */
  readonly epoch: string;
  /** Requests since that process started. */
  readonly requests: number;
  /** How long that process had run, milliseconds: of two counts it tells what lies between them, whatever wall time did. Absent where it does not tell. */
  readonly upMs?: number | undefined;
}

const wantedMs = 3_600_000;

/**
 * Requests a minute that users make, from what doors count now and what they had counted before: of each door the count
 * that lies closest to an hour back, never one that lies ahead. `null` where there is none to compare with.
 *
 * @param leastMs counts that are closer than this say too little, milliseconds
 */
export function requestsPerMinute(
  before: readonly TrafficCount[],
  now: readonly TrafficCount[],
  leastMs = 60_000,
): number | null {
  const rates = now.flatMap((count) => {
    const age = (one: TrafficCount) => ageOf(one, count);
    const usable = before.filter(
      (one) =>
        one.service === count.service &&
        one.epoch === count.epoch &&
        one.requests <= count.requests &&
        age(one) >= leastMs,
    );
    const [best] = usable.toSorted((a, b) => Math.abs(age(a) - wantedMs) - Math.abs(age(b) - wantedMs));
    return best ? [((count.requests - best.requests) / age(best)) * 60_000] : [];
  });
  return rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) : null;
}

/** Negative for what lies ahead. */
function ageOf(before: TrafficCount, { at, upMs }: TrafficCount): number {
  if (before.upMs !== undefined && upMs !== undefined) return upMs - before.upMs;
  return Date.parse(at) - Date.parse(before.at);
}
