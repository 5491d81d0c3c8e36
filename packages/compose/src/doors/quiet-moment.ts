import type { Clock, DoorRouting } from "@sluice/core";
import type { ReadRouting } from "./wait-door.ts";

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

export interface QuietMomentTools {
  readonly clock: Clock;
  readonly readRouting: ReadRouting;
  /** Default: nobody tells, and no door is waited for. */
  readonly readUnderWay?: ReadUnderWay | undefined;
}

/**
 * The quiet moment of a door that another one follows on, which leads users by `routing`. Where that leads them elsewhere nobody is
 * waited for: a stand-in answers by the same names, and who asks by them would meet both versions in turn meanwhile.
 */
export async function quietAt(
  { clock, readRouting, readUnderWay }: QuietMomentTools,
  door: string,
  { routing, drainTimeoutMs, signal }: QuietMomentOptions & { readonly routing: DoorRouting },
): Promise<number> {
  if (!readUnderWay) return 0;
  // One that does not say (of another driver, say) may lead elsewhere too.
  const leads = await readRouting(door, within(mostMs, signal)).catch(() => null);
  signal?.throwIfAborted();
  const leadsAlike = leads?.stable === routing.stable && leads.share === routing.share;
  const options = { drainTimeoutMs: leadsAlike ? drainTimeoutMs : 0, signal };
  return quietMoment(clock, (limit) => readUnderWay(door, limit), options);
}

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
  const limit = within(Math.max(patienceMs, leastReadMs), signal);
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

function within(ms: number, signal: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]);
}
