import {
  type DoorTraffic,
  otherSlot,
  type RequestSample,
  type Slot,
  type SlotTraffic,
  type SlotWindow,
} from "@sluice/core";
import type { DeploymentScope } from "./scope.ts";

/** Latencies kept of each slot, the newest: enough for a rank test, constant memory. */
const keptLatencies = 2_000;

interface Windows extends AsyncDisposable {
  /** What both slots got since the windows were made. */
  read(): Promise<{ readonly candidate: SlotWindow; readonly previous: SlotWindow }>;
}

interface Gathered {
  readonly latencies: number[];
  /** By bucket. */
  readonly clients: Map<number, { requests: number; errors: number }>;
}

/**
 * Collects what users of both slots get from now on: exact counts from the doors' counters, clients from their request
 * samples, and latencies from the same after a warm-up: a process that has just started is slow at first, and errs no more.
 */
export async function createWindows(
  { ports, doorIds }: DeploymentScope,
  candidate: Slot,
  services: readonly string[],
  { warmupMs, signal }: { readonly warmupMs: number; readonly signal: AbortSignal },
): Promise<Windows> {
  const warmAt = ports.clock.monotonicMs() + warmupMs;
  const isWarm = () => ports.clock.monotonicMs() >= warmAt;
  const doors = services.flatMap((service) => doorIds.get(service) ?? []);
  const stop = new AbortController();
  const gathered: Record<Slot, Gathered> = { blue: emptyGathered(), green: emptyGathered() };
  const start = await Promise.all(doors.map((door) => ports.router.traffic(door, signal)));
  const following = doors.map((door) =>
    follow(ports.router.samples(door, AbortSignal.any([signal, stop.signal])), gathered, isWarm),
  );
  return {
    async read() {
      const now = await Promise.all(doors.map((door) => ports.router.traffic(door, signal)));
      const window = (slot: Slot) =>
        toWindow(
          now.map((traffic, index) => since(start[index], traffic, slot)),
          gathered[slot],
        );
      return { candidate: window(candidate), previous: window(otherSlot(candidate)) };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.allSettled(following);
    },
  };
}

function emptyGathered(): Gathered {
  return { latencies: [], clients: new Map() };
}

async function follow(
  samples: AsyncIterable<RequestSample>,
  gathered: Record<Slot, Gathered>,
  isWarm: () => boolean,
): Promise<void> {
  try {
    for await (const { slot, probe, totalMs, bucket, status } of samples) {
      // A WebSocket ends with the status of its beginning, after as long as it lived: no latency.
      if (!slot || probe || status === 101) continue;
      const { latencies, clients } = gathered[slot];
      if (isWarm()) latencies.push(totalMs);
      if (latencies.length > keptLatencies) latencies.shift();
      if (bucket < 0) continue;
      const client = clients.get(bucket) ?? { requests: 0, errors: 0 };
      client.requests += 1;
      if (status >= 500) client.errors += 1;
      clients.set(bucket, client);
    }
  } catch {
    // Without samples the counters still judge; latency verdicts then say that there is no data.
  }
}

type Counts = Pick<SlotTraffic, "requests" | "http4xx" | "http5xx" | "connectErrors" | "responseErrors">;

/** Counters begin anew with another process of the door: then everything it shows is new. */
function since(start: DoorTraffic | undefined, now: DoorTraffic, slot: Slot): Counts {
  const after = now.slots[slot];
  if (!start || start.epoch !== now.epoch) return after;
  const before = start.slots[slot];
  return {
    requests: after.requests - before.requests,
    http4xx: after.http4xx - before.http4xx,
    http5xx: after.http5xx - before.http5xx,
    connectErrors: after.connectErrors - before.connectErrors,
    responseErrors: after.responseErrors - before.responseErrors,
  };
}

function toWindow(counts: readonly Counts[], { latencies, clients }: Gathered): SlotWindow {
  const erring = [...clients.values()].filter(({ errors }) => errors > 0);
  const [worstClient] = erring.toSorted((a, b) => b.errors - a.errors);
  const sum = (pick: (count: Counts) => number) => counts.reduce((total, count) => total + pick(count), 0);
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ http5xx, connectErrors, responseErrors }) => http5xx + connectErrors + responseErrors),
    http4xx: sum(({ http4xx }) => http4xx),
    latenciesMs: latencies,
    clients: clients.size,
    clientsWithErrors: erring.length,
    ...(worstClient ? { worstClient: { ...worstClient } } : {}),
  };
}
