import { type Config, rolloutSteps, type Verdict } from "@sluice/core";
import { watchRules } from "@sluice/engine";
import { judge } from "@sluice/health";
import { Crowd, type CrowdScenario } from "./crowd.ts";
import type { Random } from "./random.ts";

/** Why a deployment was taken back: the check that ended it, and in which of its spans. */
export interface TakenBack {
  readonly check: string;
  /** Percent of the users that the candidate had; 100 in the bake. */
  readonly at: number;
}

export interface DeploymentRun {
  /** `null` where the release is live in the end. */
  readonly takenBack: TakenBack | null;
  /** That 4xx answers stood out was shown at some look. */
  readonly showed4xx: boolean;
}

/**
 * Deploys a version that is as good as the one before: the steps of the configuration and the bake, by the engine's own
 * rules, and all judgements at each look.
 */
export function simulateDeployment(config: Config, scenario: CrowdScenario, random: Random): DeploymentRun {
  const crowd = new Crowd(scenario, random);
  let recorded: watchRules.Reference["recorded"] = null;
  let showed4xx = false;
  for (const span of spansOf(config, scenario.perSecond * 60)) {
    crowd.lead(span.at / 100);
    const counts = crowd.beginSpan();
    const rules = watchRules.spanRules(config.analysis, span);
    let [look, lookedAtMs] = [0, 0];
    let slow: readonly string[] = [];
    let open: Verdict | undefined;
    while (watchRules.goesOn(rules, lookedAtMs, open !== undefined)) {
      const due = watchRules.nextLook(rules, look, { elapsedMs: lookedAtMs, isLonger: lookedAtMs >= rules.holdMs });
      for (const count of [counts.candidate, counts.previous])
        crowd.ask(count, (due.dueMs - lookedAtMs) / 1_000, { isWarm: lookedAtMs >= rules.warmupMs });
      [look, lookedAtMs] = [due.number, due.dueMs];
      const seen = watchRules.referenceOf(span.at, counts.previous.window(), recorded);
      recorded = seen.recorded;
      const window = { service: "web", candidate: counts.candidate.window(), previous: seen.reference };
      const shared = { look, looks: rules.looks, settings: config.analysis };
      const judged = watchRules.judgeServices(judge, [window], shared);
      const verdicts = judged.map(({ verdict }) => verdict);
      showed4xx ||= verdicts.some(({ check }) => check === "4xx answers");
      const slowness = watchRules.slownessOf(judged, slow);
      const bad = watchRules.endingVerdict(verdicts, slowness.forgiven);
      if (bad) return { takenBack: { check: bad.check, at: span.at }, showed4xx };
      slow = slowness.slow;
      open = watchRules.undecidedOf(judged, config.analysis.minRequests);
    }
  }
  return { takenBack: null, showed4xx };
}

/** The times in which a deployment is watched: the steps that are held, and the bake. */
export function spansOf(config: Config, perMinute: number): readonly watchRules.Span[] {
  const steps = rolloutSteps(config, perMinute).map((step) => ({ at: step.share, holdMs: step.for }));
  return [...steps, { at: 100, holdMs: config.rollout.bake }].filter(({ holdMs }) => holdMs > 0);
}
