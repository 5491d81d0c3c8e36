import {
  type Clock,
  type ObservedStack,
  requestsPerMinute,
  type TrafficCount,
  type TrafficCounts,
  type TrafficRouter,
} from "@sluice/core";
import { doorIdsOf } from "../run/doors.ts";

interface Ports {
  readonly clock: Clock;
  readonly router: TrafficRouter;
  readonly counts: TrafficCounts;
}

/** How long requests are counted where nobody had counted them before. */
const shortCountMs = 10_000;

/**
 * Requests a minute that users make: of the last hour, where somebody counted then, else of the next ten seconds. `null`
 * where no door can tell.
 */
export async function measureTraffic(
  observed: ObservedStack,
  ports: Ports,
  signal?: AbortSignal,
): Promise<number | null> {
  const before = await ports.counts.recent();
  const now = await countTraffic(observed, ports, signal);
  const known = requestsPerMinute(before, now);
  if (known !== null || now.length === 0) return known;
  const beganMs = ports.clock.monotonicMs();
  await ports.clock.sleep(shortCountMs, signal);
  const then = await countTraffic(observed, ports, signal);
  const tookMs = ports.clock.monotonicMs() - beganMs;
  // Doors tell whole seconds, of which these are few.
  const at = (upMs: number) => (count: TrafficCount) => ({ ...count, upMs });
  return requestsPerMinute(now.map(at(0)), then.map(at(tookMs)), shortCountMs / 2);
}

/** What every door that answers has counted, kept for later. That it cannot be kept costs nobody anything. */
export async function countTraffic(
  observed: ObservedStack,
  { clock, router, counts }: Ports,
  signal?: AbortSignal,
): Promise<readonly TrafficCount[]> {
  const counted = await Promise.all(
    [...doorIdsOf(observed)].map(async ([service, door]): Promise<readonly TrafficCount[]> => {
      const traffic = await router.traffic(door, signal).catch(() => null);
      signal?.throwIfAborted();
      if (!traffic) return [];
      const { blue, green } = traffic.slots;
      const requests = blue.requests + green.requests;
      const { epoch, upMs } = traffic;
      return [{ at: clock.now().toISOString(), service, epoch, requests, ...(upMs === undefined ? {} : { upMs }) }];
    }),
  );
  const all = counted.flat();
  await counts.note(all).catch(() => undefined);
  return all;
}
