import type { AnalysisConfig, SlotWindow } from "@sluice/core";
import { judge } from "../src/analysis/judge.ts";

/** What is simulated: a window of one share, judged again and again while it fills. */
export interface Scenario {
  readonly requestsPerLook: number;
  /** Part of the requests that the candidate gets, 0 to 1. */
  readonly share: number;
  readonly looks: number;
  /** Error rates, 0 to 1. */
  readonly errorRate: number;
  readonly candidateErrorRate?: number;
  /** Factor of the candidate's latencies, and the part of its requests that it applies to. */
  readonly slower?: { readonly factor: number; readonly part: number };
  /**
   * Users who stay with their version and are not alike: the standard deviation of the logarithm of how long each waits.
   * Without them each request is one of somebody else.
   */
  readonly clients?: { readonly count: number; readonly spread: number };
}

export const settings: AnalysisConfig = {
  enabled: true,
  interval: 1_000,
  warmup: 0,
  minRequests: 50,
  onNoData: "proceed",
  errors: { maxIncrease: 1 },
  latency: { maxRatio: 1.5, floor: 200 },
};

/** Small, fast and the same on every machine (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The checks that failed one release at some look; empty when it went through. */
export function simulate(scenario: Scenario, random: () => number): readonly string[] {
  const { requestsPerLook, share, looks, errorRate, candidateErrorRate = errorRate, slower, clients } = scenario;
  const [candidate, previous] = [emptyWindow(), emptyWindow()];
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const paces = Array.from({ length: clients?.count ?? 0 }, () => Math.exp((clients?.spread ?? 0) * normal()));
  for (let look = 1; look <= looks; look++) {
    for (let request = 0; request < requestsPerLook; request++) {
      const client = Math.floor(random() * paces.length);
      const isCandidate = clients ? client < share * clients.count : random() < share;
      const window = isCandidate ? candidate : previous;
      window.requests += 1;
      if (random() < (isCandidate ? candidateErrorRate : errorRate)) window.errors += 1;
      // Log-normal around 80 ms, as latencies are: a long tail to the right.
      const factor = isCandidate && slower && random() < slower.part ? slower.factor : 1;
      window.latenciesMs.push(80 * Math.exp(0.8 * normal()) * factor * (paces[client] ?? 1));
      if (clients) window.latencyClients.push(client);
      if (window.latenciesMs.length > 2_000) {
        window.latenciesMs.shift();
        window.latencyClients.shift();
      }
    }
    const verdicts = judge({ candidate, previous, look, looks, settings });
    const failed = verdicts.filter(({ result }) => result === "fail").map(({ check }) => check);
    if (failed.length > 0) return failed;
  }
  return [];
}

type Filling = { -readonly [Key in keyof SlotWindow]: SlotWindow[Key] } & {
  latenciesMs: number[];
  latencyClients: number[];
};

function emptyWindow(): Filling {
  return {
    requests: 0,
    errors: 0,
    http4xx: 0,
    latenciesMs: [],
    latencyClients: [],
    clients: 0,
    clientsWithErrors: 0,
  };
}

/** Part of the runs in which a release was thrown away, and by which check. */
export function failures(scenario: Scenario, runs: number, seed: number): Readonly<Record<string, number>> {
  const random = randomFrom(seed);
  const counts: Record<string, number> = { any: 0, errors: 0, latency: 0 };
  for (let run = 0; run < runs; run++) {
    const failed = simulate(scenario, random);
    if (failed.length > 0) counts["any"] = (counts["any"] ?? 0) + 1 / runs;
    for (const check of failed) counts[check] = (counts[check] ?? 0) + 1 / runs;
  }
  return counts;
}
