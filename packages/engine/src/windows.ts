import {
  type DoorTraffic,
  isSluiceError,
  otherSlot,
  type RequestSample,
  type Slot,
  type SlotWindow,
} from "@sluice/core";
import type { DeploymentScope } from "./scope.ts";
import { keptLatencies } from "./watch-rules.ts";

/** A door that is started again is back within this; what it does not answer meanwhile is no fault of the candidate. */
const doorAwayMs = 3_000;

interface Windows extends AsyncDisposable {
  /** What both slots got since the windows were made. */
  read(): Promise<{ readonly candidate: SlotWindow; readonly previous: SlotWindow }>;
}

interface Gathered {
  readonly latencies: number[];
  /** The bucket of each. */
  readonly latencyClients: number[];
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
  const counted = doors.map(() => ({ counts: { blue: noCounts, green: noCounts } }));
  let last = await Promise.all(doors.map((door) => ports.router.traffic(door, signal)));
  let lastAt = ports.clock.monotonicMs();
  const following = doors.map((door) =>
    follow(ports.router.samples(door, AbortSignal.any([signal, stop.signal])), gathered, isWarm),
  );

  async function count(): Promise<void> {
    const now = await Promise.all(doors.map((door) => ports.router.traffic(door, signal)));
    for (const [index, one] of counted.entries()) {
      const [before, after] = [last[index], now[index]];
      if (before && after) one.counts = mapSlots((slot) => plus(one.counts[slot], since(before, after, slot)));
    }
    [last, lastAt] = [now, ports.clock.monotonicMs()];
  }

  return {
    async read() {
      await count().catch((error: unknown) => {
        const isAway = isSluiceError(error) && error.retryable && ports.clock.monotonicMs() - lastAt < doorAwayMs;
        if (!isAway) throw error;
      });
      const window = (slot: Slot) =>
        toWindow(
          counted.map(({ counts }) => counts[slot]),
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
  return { latencies: [], latencyClients: [], clients: new Map() };
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
      const { latencies, latencyClients, clients } = gathered[slot];
      if (isWarm()) {
        latencies.push(totalMs);
        latencyClients.push(bucket);
      }
      if (latencies.length > keptLatencies) {
        latencies.shift();
        latencyClients.shift();
      }
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

const countNames = ["requests", "http4xx", "http5xx", "connectErrors", "responseErrors"] as const;
type Counts = Readonly<Record<(typeof countNames)[number], number>>;

const countsOf = (pick: (name: keyof Counts) => number): Counts =>
  Object.fromEntries(countNames.map((name) => [name, pick(name)])) as Record<keyof Counts, number>;
const noCounts = countsOf(() => 0);
const plus = (a: Counts, b: Counts): Counts => countsOf((name) => a[name] + b[name]);
const mapSlots = <T>(value: (slot: Slot) => T): Record<Slot, T> => ({ blue: value("blue"), green: value("green") });

/** Counters begin anew with another process of the door: then everything it shows is new. */
function since(before: DoorTraffic, after: DoorTraffic, slot: Slot): Counts {
  const counts = after.slots[slot];
  return before.epoch === after.epoch ? countsOf((name) => counts[name] - before.slots[slot][name]) : counts;
}

function toWindow(counts: readonly Counts[], { latencies, latencyClients, clients }: Gathered): SlotWindow {
  const erring = [...clients.values()].filter(({ errors }) => errors > 0);
  const [worstClient] = erring.toSorted((a, b) => b.errors - a.errors);
  const sum = (pick: (count: Counts) => number) => counts.reduce((total, count) => total + pick(count), 0);
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ http5xx, connectErrors, responseErrors }) => http5xx + connectErrors + responseErrors),
    http4xx: sum(({ http4xx }) => http4xx),
    latenciesMs: latencies,
    latencyClients,
    clients: clients.size,
    clientsWithErrors: erring.length,
    ...(worstClient ? { worstClient: { ...worstClient } } : {}),
  };
}
