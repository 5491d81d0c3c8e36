import { defaultConfig } from "@sluice/core";
import { watchRules } from "@sluice/engine";
import { judge } from "@sluice/health";
import { Crowd, usualSpread } from "./crowd.ts";
import type { Random } from "./random.ts";

export interface LatencyScenario {
  readonly perSecond: number;
  readonly clients: number;
  /** 0 to 1. */
  readonly share: number;
  /** How many times as long the candidate takes. */
  readonly factor: number;
  readonly looks: number;
  readonly interval: number;
}

const { analysis: settings } = defaultConfig();

/** Seconds until the candidate is found to be slow, as often as the engine asks for; `null` where it is not. */
export function slowAfter(scenario: LatencyScenario, random: Random): number | null {
  const { perSecond, clients, share, factor, looks, interval } = scenario;
  const crowd = new Crowd({ perSecond, clients, errors: 0, http4xx: 0, spread: usualSpread }, random);
  crowd.lead(share);
  const { candidate, previous } = crowd.beginSpan();
  let slow: readonly string[] = [];
  for (let look = 1; look <= looks; look++) {
    crowd.ask(candidate, interval, { isWarm: true, factor });
    crowd.ask(previous, interval, { isWarm: true });
    const window = { service: "web", candidate: candidate.window(), previous: previous.window() };
    const judged = watchRules.judgeServices(judge, [window], { look, looks, settings });
    const slowness = watchRules.slownessOf(judged, slow);
    const verdicts = judged.map(({ verdict }) => verdict);
    if (watchRules.endingVerdict(verdicts, slowness.forgiven)) return look * interval;
    slow = slowness.slow;
  }
  return null;
}
