import { defaultConfig, type SlotWindow } from "@sluice/core";
import { judge } from "@sluice/health";
import { normal, poisson, type Random } from "./random.ts";

export interface LatencyScenario {
  readonly perSecond: number;
  /** 0 to 1. */
  readonly share: number;
  /** How many times as long the candidate takes. */
  readonly factor: number;
  readonly looks: number;
  readonly interval: number;
}

/** As the engine keeps them. */
const kept = 2_000;
const { analysis: settings } = defaultConfig();

/** Seconds until the candidate is found to be slow, twice in a row as the engine asks for; `null` where it is not. */
export function slowAfter(scenario: LatencyScenario, random: Random): number | null {
  const { perSecond, share, factor, looks, interval } = scenario;
  const [mine, theirs]: [number[], number[]] = [[], []];
  let wasSlow = false;
  for (let look = 1; look <= looks; look++) {
    draw(mine, poisson(perSecond * interval * share, random), factor, random);
    draw(theirs, poisson(perSecond * interval * (1 - share), random), 1, random);
    const window = { look, looks, settings, candidate: windowOf(mine), previous: windowOf(theirs) };
    const isSlow = judge(window).some(({ check, result }) => check === "latency" && result === "fail");
    if (isSlow && wasSlow) return look * interval;
    wasSlow = isSlow;
  }
  return null;
}

/** Log-normal around 80 ms, as latencies are: a long tail to the right. */
function draw(into: number[], count: number, factor: number, random: Random): void {
  for (let index = Math.max(0, count - kept); index < count; index++)
    into.push(80 * Math.exp(0.8 * normal(random)) * factor);
  if (into.length > kept) into.splice(0, into.length - kept);
}

function windowOf(latenciesMs: readonly number[]): SlotWindow {
  return { requests: latenciesMs.length, errors: 0, http4xx: 0, latenciesMs, clients: 0, clientsWithErrors: 0 };
}
