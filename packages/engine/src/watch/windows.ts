import {
  type DoorTraffic,
  isSluiceError,
  otherSlot,
  type RequestSample,
  type Slot,
  type SlotWindow,
} from "@sluice/core";
import type { DeploymentScope } from "../scope.ts";
import { keptLatencies } from "./watch-rules.ts";

/** A door that is started again is back this long after its first silence, which is no fault of the candidate. */
const doorAwayMs = 3_000;

/**
 * Clients come from samples, which come later than the counters know of a request, mostly by a second. What is older and was
 * never sampled is of nobody in particular: samples may break off, or be without what a door answered itself.
 */
const attributionMs = 3_000;

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
  /** All that was sampled, whoever it was of. */
  readonly sampled: { requests: number; errors: number };
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
  counts: SlotCounts;
  /** `counts` of the last moments, and the newest of those before. */
  recent: readonly { readonly atMs: number; readonly counts: SlotCounts }[];
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
      recent: [],
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
    const atMs = ports.clock.monotonicMs();
    for (const { one, after } of now) {
      const { counts, last, recent } = one;
      one.counts = mapSlots((slot) => plus(counts[slot], since(last, after, slot)));
      one.last = after;
      const settled = recent.findLastIndex((seen) => seen.atMs <= atMs - attributionMs);
      one.recent = [...recent.slice(Math.max(0, settled)), { atMs, counts: one.counts }];
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
      const settledMs = ports.clock.monotonicMs() - attributionMs;
      return counted.map(({ service, counts, recent, gathered }) => {
        const settled = recent.findLast(({ atMs }) => atMs <= settledMs)?.counts;
        const window = (slot: Slot) => toWindow(counts[slot], settled?.[slot] ?? noCounts, gathered[slot]);
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
  return { sampled: { requests: 0, errors: 0 }, latencies: [], latencyClients: [], clients: new Map() };
}

async function follow(
  samples: AsyncIterable<RequestSample>,
  gathered: Readonly<Record<Slot, Gathered>>,
  isWarm: () => boolean,
): Promise<void> {
  try {
    for await (const { slot, probe, totalMs, bucket, status, method } of samples) {
      if (!slot || probe) continue;
      const { sampled, latencies, latencyClients, clients } = gathered[slot];
      sampled.requests += 1;
      if (status >= 500) sampled.errors += 1;
      // A WebSocket ends with the status of its beginning, after as long as it lived: no latency.
      if (status === 101) continue;
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
type SlotCounts = Readonly<Record<Slot, Counts>>;

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

const errorsOf = ({ http5xx, connectErrors, responseErrors }: Counts): number =>
  http5xx + connectErrors + responseErrors;

/** @param settled counts of what is too old to be sampled yet */
function toWindow(counts: Counts, settled: Counts, gathered: Gathered): SlotWindow {
  const { sampled, latencies, latencyClients, clients } = gathered;
  const { requests, http4xx } = counts;
  const errors = errorsOf(counts);
  const unattributed = {
    requests: Math.max(0, requests - Math.max(sampled.requests, settled.requests)),
    errors: Math.max(0, errors - Math.max(sampled.errors, errorsOf(settled))),
  };
  const erring = [...clients.values()].filter(({ errors }) => errors > 0);
  const [worstClient] = erring.toSorted((a, b) => b.errors - a.errors);
  return {
    requests,
    errors,
    http4xx,
    latenciesMs: latencies,
    latencyClients,
    clients: clients.size,
    clientsWithErrors: erring.length,
    ...(worstClient ? { worstClient: { ...worstClient } } : {}),
    ...(unattributed.requests > 0 || unattributed.errors > 0 ? { unattributed } : {}),
  };
}
