import { median } from "../load/percentile.ts";
import { type Cell, effects, type Rate } from "./cells.ts";
import { randomFrom } from "./random.ts";
import { simulateBurst } from "./simulate-burst.ts";
import { type Caught, type ErrorRun, type ErrorScenario, simulateErrors } from "./simulate-errors.ts";
import { slowAfter } from "./simulate-latency.ts";

/** How one judge did with a candidate that is worse. */
export interface Detection {
  /** Percent of the runs in which it was caught. */
  readonly caught: number;
  /** Medians of the runs in which it was; NaN where it never was. */
  readonly seconds: number;
  /** Failed requests because the candidate is worse. */
  readonly hurt: number;
}

export interface CellResult {
  readonly rate: string;
  /** Percent. */
  readonly share: number;
  readonly base: number;
  /** Percent of deployments of a version that is no worse that were rolled back. */
  readonly falseRollbacks: { readonly sluice: number; readonly fixed: number };
  readonly detections: readonly { readonly points: number; readonly sluice: Detection; readonly fixed: Detection }[];
}

/** Simulates one cell. The same seed gives the same result on every machine. */
export function measureCell({ rate, scenario }: Cell, runs: number, seed: number): CellResult {
  const { base, share } = scenario;
  const runAll = (candidate: number) => simulateMany({ ...scenario, candidate }, runs, seed);
  const same = runAll(base);
  return {
    rate,
    share: share * 100,
    base: base * 100,
    falseRollbacks: { sluice: caughtPercent(same, "sluice"), fixed: caughtPercent(same, "fixed") },
    detections: effects.map((points) => {
      const all = runAll(Math.min(1, base + points / 100));
      return { points, sluice: detectionOf(all, "sluice"), fixed: detectionOf(all, "fixed") };
    }),
  };
}

function simulateMany(scenario: ErrorScenario, runs: number, seed: number): readonly ErrorRun[] {
  const random = randomFrom(seed);
  return Array.from({ length: runs }, () => simulateErrors(scenario, random));
}

const caughtPercent = (all: readonly ErrorRun[], by: keyof ErrorRun): number =>
  (all.filter((run) => run[by] !== null).length / all.length) * 100;

function detectionOf(all: readonly ErrorRun[], by: keyof ErrorRun): Detection {
  const caught = all.flatMap((run): readonly Caught[] => (run[by] ? [run[by]] : []));
  return {
    caught: caughtPercent(all, by),
    seconds: caught.length > 0 ? median(caught.map(({ seconds }) => seconds)) : Number.NaN,
    hurt: caught.length > 0 ? median(caught.map(({ hurt }) => hurt)) : Number.NaN,
  };
}

export interface BurstResult {
  readonly rate: string;
  readonly share: number;
  readonly clients: number;
  /** Percent. */
  readonly falseRollbacks: { readonly sluice: number; readonly fixed: number };
}

/** Identical versions with one client in trouble. `share` in percent. */
export function measureBurst(
  { name, perSecond }: Rate,
  { share, clients }: { readonly share: number; readonly clients: number },
  runs: number,
  seed: number,
): BurstResult {
  const random = randomFrom(seed);
  const scenario = { perSecond, share: share / 100, clients, base: 0.003, looks: 60, interval: 5 };
  const all = Array.from({ length: runs }, () => simulateBurst(scenario, random));
  const percent = (by: "sluice" | "fixed") => (all.filter((run) => run[by]).length / runs) * 100;
  return { rate: name, share, clients, falseRollbacks: { sluice: percent("sluice"), fixed: percent("fixed") } };
}

export interface LatencyResult {
  readonly rate: string;
  readonly share: number;
  readonly clients: number;
  /** Percent. */
  readonly falseRollbacks: number;
  /** Twice as slow: percent of the runs in which it was found, and the median of the seconds until then. */
  readonly caught: number;
  readonly seconds: number;
}

/** `share` in percent. */
export function measureLatency(
  { name, perSecond }: Rate,
  { share, clients }: { readonly share: number; readonly clients: number },
  runs: number,
  seed: number,
): LatencyResult {
  const random = randomFrom(seed);
  const simulate = (factor: number) =>
    Array.from({ length: runs }, () =>
      slowAfter({ perSecond, clients, share: share / 100, factor, looks: 12, interval: 5 }, random),
    ).filter((seconds) => seconds !== null);
  const found = simulate(2);
  const wrong = simulate(1);
  return {
    rate: name,
    share,
    clients,
    falseRollbacks: (wrong.length / runs) * 100,
    caught: (found.length / runs) * 100,
    seconds: found.length > 0 ? median(found) : Number.NaN,
  };
}
