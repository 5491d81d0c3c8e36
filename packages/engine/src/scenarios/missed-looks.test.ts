import type { JudgeWindow, Verdict } from "@sluice/core";
import { aConfig, aProject, aRequest } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, shopServices } from "../../test/support/scenario.ts";
import { deploy } from "../index.ts";

const stepMs = 20_000;
const config = aConfig({
  rollout: { steps: [{ share: 10, for: `${stepMs}ms` }, 100], bake: "0s" },
  analysis: { enabled: true, interval: "1s" },
});

/** Deploys `v2` by a deployer that gets no time for `stallMs` before its fifth look; when were looks, in milliseconds? */
async function stalled(stallMs: number, verdictAt: (sinceStall: number) => Partial<Verdict>) {
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  const looks: number[] = [];
  let resumedAt = Number.POSITIVE_INFINITY;
  world.calls.fault = ({ name }) => {
    if (!name.startsWith("router.traffic") || looks.length !== 4 || resumedAt < Number.POSITIVE_INFINITY)
      return undefined;
    world.clock.advance(stallMs);
    resumedAt = world.clock.monotonicMs();
    return undefined;
  };
  const judge = (window: JudgeWindow): readonly Verdict[] => {
    looks.push(world.clock.monotonicMs());
    expect(window.look).toBeLessThanOrEqual(window.looks);
    const verdict = verdictAt(world.clock.monotonicMs() - resumedAt);
    return [{ check: "latency", result: "pass", value: "", limit: "", n: 500, ...verdict }];
  };
  const facts = { stack: "shop", homeId: "home", previewSecret: "secret", config, actor: "tester", reason: "a test" };
  const request = { ...facts, project: aProject({ services: shopServices }), release: aRequest("v2") };
  const result = await deploy(request, { ...world.ports(), judge }, new AbortController().signal);
  return { result, looks: looks.map((at) => at - (looks[0] ?? 0)), resumedAt: resumedAt - (looks[0] ?? 0) };
}

it("looks that a machine without time has missed are not made up for in one moment", async () => {
  const { result, looks } = await stalled(6_500, () => ({}));
  expect(result).toMatchObject({ outcome: "live" });
  expect(looks.slice(0, 7)).toEqual([0, 1_000, 2_000, 3_000, 10_500, 11_000, 12_000]);
  expect(looks.at(-1)).toBe(stepMs - 1_000);
});

it("a step whose time has passed meanwhile is judged before the next one begins", async () => {
  const { result, looks, resumedAt } = await stalled(stepMs - 3_500, (since) =>
    since >= 0 ? { check: "errors", result: "fail", value: "20 % errors" } : {},
  );
  expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("20 % errors") });
  expect(looks.at(-1)).toBe(resumedAt);
});
