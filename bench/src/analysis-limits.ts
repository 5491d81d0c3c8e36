import type { BurstResult, CellResult, LatencyResult } from "./analysis/measure-cells.ts";
import type { DeploymentResult } from "./analysis/measure-deployments.ts";
import { atLeast, atMost, type Figures, type Numbers, shown } from "./result.ts";

export interface AnalysisResults {
  readonly cells: readonly CellResult[];
  readonly bursts: readonly BurstResult[];
  readonly latencies: readonly LatencyResult[];
  readonly deployments: readonly DeploymentResult[];
}

const worst = (values: readonly number[]): number => Math.max(...values);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What must hold: no good version is thrown away, and a bad one does not stay where there is enough to see it by. */
export function analysisFigures({ cells, bursts, latencies, deployments }: AnalysisResults): {
  figures: Figures;
  peers: { "fixed 1 %": Numbers };
} {
  const falseOf = (by: "sluice" | "fixed") => cells.map(({ falseRollbacks }) => falseRollbacks[by]);
  const burstsOf = (by: "sluice" | "fixed") => bursts.map(({ falseRollbacks }) => falseRollbacks[by]);
  const caughtOf = (by: "sluice" | "fixed", points: number) =>
    cells.flatMap(({ detections }) => detections.flatMap((one) => (one.points === points ? [one[by].caught] : [])));
  const whole = (steps: DeploymentResult["steps"]) =>
    deployments.filter((one) => one.steps === steps).map((one) => one.falseRollbacks);
  const busy = cells.filter(({ rate, share }) => rate.endsWith("/s") && share >= 5);
  const busyCaught = busy.flatMap(({ detections }) =>
    detections.flatMap(({ points, sluice }) => (points >= 20 ? [sluice.caught] : [])),
  );
  return {
    figures: {
      false_rollbacks_worst_percent: atMost(worst(falseOf("sluice")), 1),
      false_rollbacks_mean_percent: shown(mean(falseOf("sluice"))),
      false_rollbacks_in_bursts_worst_percent: atMost(worst(burstsOf("sluice")), 5),
      false_rollbacks_latency_worst_percent: atMost(worst(latencies.map((one) => one.falseRollbacks)), 1),
      // All judgements at once, over all steps and the bake.
      false_rollbacks_deployments_worst_percent: atMost(worst(whole("default")), 1),
      false_rollbacks_deployments_mean_percent: shown(mean(whole("default"))),
      false_rollbacks_more_steps_worst_percent: atMost(worst(whole("5, 25, 50, 100")), 1),
      false_rollbacks_more_steps_mean_percent: shown(mean(whole("5, 25, 50, 100"))),
      caught_twice_as_slow_least_percent: shown(Math.min(...latencies.map(({ caught }) => caught))),
      // From 10 requests a second and 5 % on, 20 points more are always seen.
      caught_20_points_busy_least_percent: atLeast(Math.min(...busyCaught), 99),
      caught_1_point_mean_percent: shown(mean(caughtOf("sluice", 1))),
      caught_5_points_mean_percent: shown(mean(caughtOf("sluice", 5))),
      caught_20_points_mean_percent: shown(mean(caughtOf("sluice", 20))),
      caught_100_points_mean_percent: shown(mean(caughtOf("sluice", 100))),
    },
    peers: {
      "fixed 1 %": {
        false_rollbacks_worst_percent: worst(falseOf("fixed")),
        false_rollbacks_mean_percent: mean(falseOf("fixed")),
        false_rollbacks_in_bursts_worst_percent: worst(burstsOf("fixed")),
        caught_1_point_mean_percent: mean(caughtOf("fixed", 1)),
        caught_5_points_mean_percent: mean(caughtOf("fixed", 5)),
        caught_20_points_mean_percent: mean(caughtOf("fixed", 20)),
        caught_100_points_mean_percent: mean(caughtOf("fixed", 100)),
      },
    },
  };
}
