/** What a door had counted at a moment. */
export interface TrafficCount {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly service: string;
  /** Of the door's process: with another one, counting began anew. */
  readonly epoch: string;
  /** Requests since that process started. */
  readonly requests: number;
}

const wantedMs = 3_600_000;

/**
 * Requests a minute that users make, from what doors count now and what they had counted before: of each door the count
 * that lies closest to an hour back. `null` where there is none to compare with.
 *
 * @param leastMs counts that are closer than this say too little, milliseconds
 */
export function requestsPerMinute(
  before: readonly TrafficCount[],
  now: readonly TrafficCount[],
  leastMs = 60_000,
): number | null {
  const rates = now.flatMap((count) => {
    const age = ({ at }: TrafficCount) => Date.parse(count.at) - Date.parse(at);
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
