import type { Clock } from "@sluice/core";

/** How many requests and connections are under way at a door, as its own process counts them; from the traffic adapter. */
export type ReadUnderWay = (door: string, signal?: AbortSignal) => Promise<number>;

export interface QuietMomentOptions {
  /** Longer than what is under way may take where a door is emptied, nobody waits; milliseconds. */
  readonly drainTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const mostMs = 2_000;
const pauseMs = 20;
/** For what is only told: also where nobody waits it is asked once. */
const leastReadMs = 500;

/**
 * Waits until little is under way at a door that goes on serving, newcomers too: what is under way when it loses its ports is cut.
 * The first moment with nothing is taken; from half of the time on, one with no more than the least so far, as what stays (a
 * WebSocket, an upload) is not waited for; at the end, any. Resolves with how much is under way then: 0 where the door does not tell.
 */
export async function quietMoment(
  clock: Clock,
  read: (signal: AbortSignal) => Promise<number>,
  { drainTimeoutMs, signal }: QuietMomentOptions,
): Promise<number> {
  const patienceMs = Math.min(mostMs, drainTimeoutMs);
  const late = AbortSignal.timeout(Math.max(patienceMs, leastReadMs));
  const limit = AbortSignal.any([late, ...(signal ? [signal] : [])]);
  const begin = clock.monotonicMs();
  let [least, last] = [Number.POSITIVE_INFINITY, 0];
  for (;;) {
    const active = await read(limit).catch(() => null);
    signal?.throwIfAborted();
    if (active === null) return last;
    const pastMs = clock.monotonicMs() - begin;
    if (active === 0 || pastMs >= patienceMs || (pastMs >= patienceMs / 2 && active <= least)) return active;
    least = Math.min(least, active);
    last = active;
    await clock.sleep(Math.min(pauseMs, patienceMs - pastMs), signal);
  }
}
