import { type Config, defaultConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { deploymentCellsOf, fullExtent } from "./cells.ts";
import { type CrowdScenario, usualSpread } from "./crowd.ts";
import { measureDeployments } from "./measure-deployments.ts";
import { randomFrom } from "./random.ts";
import { simulateDeployment, spansOf } from "./simulate-deployment.ts";

const config = defaultConfig();
const scenario: CrowdScenario = { perSecond: 20, clients: 400, errors: 0.02, http4xx: 0.03, spread: usualSpread };

it("a deployment is watched at the steps that are held, and in the bake", () => {
  expect(spansOf(config, 100)).toEqual([
    { at: 5, holdMs: 30_000 },
    { at: 50, holdMs: 30_000 },
    { at: 100, holdMs: 60_000 },
  ]);
  const byTraffic: Config = { ...config, rollout: { ...config.rollout, steps: "auto", bake: 0 } };
  expect(spansOf(byTraffic, 5)).toEqual([{ at: 50, holdMs: 600_000 }]);
});

it("a version that is no worse goes live", () => {
  const random = randomFrom(3);
  const runs = Array.from({ length: 40 }, () => simulateDeployment(config, scenario, random));
  expect(runs.filter(({ takenBack }) => takenBack)).toEqual([]);
});

it("what takes a version back is said, and where", () => {
  const alone: Config = { ...config, analysis: { ...config.analysis, errors: { maxIncrease: 1, max: 1 } } };
  const { takenBack } = simulateDeployment(alone, { ...scenario, errors: 0.5 }, randomFrom(3));
  expect(takenBack).toEqual({ check: "errors", at: 5 });
});

it("the same seed gives the same cell, and every reason counts in it", () => {
  const cell = { rate: { name: "1/s", perSecond: 1 }, base: 2, clients: 40, steps: "5, 25, 50, 100" } as const;
  const result = measureDeployments(cell, 50, 9);
  expect(measureDeployments(cell, 50, 9)).toEqual(result);
  expect(result).toMatchObject({ rate: "1/s", base: 2, clients: 40, steps: "5, 25, 50, 100" });
  const reasons = Object.values(result.because).reduce((sum, count) => sum + count, 0);
  expect(reasons).toBe((result.falseRollbacks / 100) * 50);
});

it("every rate and base is deployed by the default steps, and by more of them where errors are most", () => {
  const cells = deploymentCellsOf(fullExtent(1_000));
  const kinds = (steps: string) =>
    new Set(cells.filter((one) => one.steps === steps).map(({ rate, base }) => `${rate.name} ${base}`));
  expect(kinds("default").size).toBe(21);
  expect(kinds("5, 25, 50, 100").size).toBe(7);
  expect(cells.filter(({ rate, clients }) => rate.perSecond >= 1_000 && clients < 400)).toEqual([]);
});
