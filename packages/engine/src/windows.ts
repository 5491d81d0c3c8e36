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

/** A door that is started again is back this long after its first silence, which is no fault of the candidate. */
const doorAwayMs = 3_000;

/** What both slots gave the users of one service. */
export interface ServiceWindows {
  readonly service: string;
  readonly candidate: SlotWindow;
  readonly previous: SlotWindow;
}

interface Windows extends AsyncDisposable {
  /** What both slots got since the windows were made, of each service with a door. */
  read(): Promise<readonly ServiceWindows[]>;
}

interface Gathered {
  readonly latencies: number[];
  /** The bucket of each. */
  readonly latencyClients: number[];
  /** By bucket. */
  readonly clients: Map<number, { requests: number; errors: number }>;
}

/** One service's door, and what is known of its users so far. */
interface Counted {
  readonly service: string;
  readonly door: string;
  readonly gathered: Readonly<Record<Slot, Gathered>>;
  counts: Readonly<Record<Slot, Counts>>;
  /** As the door was seen last. */
  last: DoorTraffic;
}

/**
 * Collects what users of both slots get from now on: exact counts from the doors' counters, clients from their request
 * samples, and latencies from the same after a warm-up: a process that has just started is slow at first, and errs no more.
 * Each service by itself: among the users of a busy one nobody would see that another fails.
 */
export async function createWindows(
  { ports, doorIds }: DeploymentScope,
  candidate: Slot,
  services: readonly string[],
  { warmupMs, signal }: { readonly warmupMs: number; readonly signal: AbortSignal },
): Promise<Windows> {
  const warmAt = ports.clock.monotonicMs() + warmupMs;
  const isWarm = () => ports.clock.monotonicMs() >= warmAt;
  const stop = new AbortController();
  const doors = services.flatMap((service) => {
    const door = doorIds.get(service);
    return door === undefined ? [] : [{ service, door }];
  });
  const counted: readonly Counted[] = await Promise.all(
    doors.map(async ({ service, door }) => ({
      service,
      door,
      gathered: mapSlots(emptyGathered),
      counts: mapSlots(() => noCounts),
      last: await ports.router.traffic(door, signal),
    })),
  );
  let awaySince: number | null = null;
  const following = counted.map(({ door, gathered }) =>
    follow(ports.router.samples(door, AbortSignal.any([signal, stop.signal])), gathered, isWarm),
  );

  async function count(): Promise<void> {
    const now = await Promise.all(
      counted.map(async (one) => ({ one, after: await ports.router.traffic(one.door, signal) })),
    );
    for (const { one, after } of now) {
      const { counts, last } = one;
      one.counts = mapSlots((slot) => plus(counts[slot], since(last, after, slot)));
      one.last = after;
    }
    awaySince = null;
  }

  return {
    async read() {
      await count().catch((error: unknown) => {
        awaySince ??= ports.clock.monotonicMs();
        const isAway = isSluiceError(error) && error.retryable && ports.clock.monotonicMs() - awaySince < doorAwayMs;
        if (!isAway) throw error;
      });
      return counted.map(({ service, counts, gathered }) => {
        const window = (slot: Slot) => toWindow(counts[slot], gathered[slot]);
        return { service, candidate: window(candidate), previous: window(otherSlot(candidate)) };
      });
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
  gathered: Readonly<Record<Slot, Gathered>>,
  isWarm: () => boolean,
): Promise<void> {
  try {
    for await (const { slot, probe, totalMs, bucket, status, method } of samples) {
      // A WebSocket ends with the status of its beginning, after as long as it lived: no latency.
      if (!slot || probe || status === 101) continue;
      const { latencies, latencyClients, clients } = gathered[slot];
      // So does a connection that is passed on unread.
      if (isWarm() && method !== "TCP") {
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

function toWindow(counts: Counts, { latencies, latencyClients, clients }: Gathered): SlotWindow {
  const { requests, http4xx, http5xx, connectErrors, responseErrors } = counts;
  const erring = [...clients.values()].filter(({ errors }) => errors > 0);
  const [worstClient] = erring.toSorted((a, b) => b.errors - a.errors);
  return {
    requests,
    errors: http5xx + connectErrors + responseErrors,
    http4xx,
    latenciesMs: latencies,
    latencyClients,
    clients: clients.size,
    clientsWithErrors: erring.length,
    ...(worstClient ? { worstClient: { ...worstClient } } : {}),
  };
}
