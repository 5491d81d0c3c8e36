import type { Verdict } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../test/support/scenario.ts";

const few: Verdict = { check: "errors", result: "no-data", value: "0 % errors", limit: "<= 1 %", n: 3 };
const enough: Verdict = { ...few, result: "pass", n: 60 };
const bad: Verdict = { ...few, result: "fail", value: "40 % errors", n: 60 };

/** Deploys `v2`, of which there are too few requests; `later` is what is seen when `look` looks were made. */
async function deployed(onNoData: "proceed" | "extend" | "pause", later?: { look: number; verdict: Verdict }) {
  const scenario = aScenario({
    config: aConfig({
      rollout: { steps: [{ share: 10, for: "10s" }, 100], bake: "0s", approval: { timeout: "1m" } },
      analysis: { enabled: true, interval: "1s", onNoData },
    }),
  });
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { verdict: few });
  let looks = 0;
  scenario.world.calls.fault = ({ name }) => {
    looks += name.startsWith("router.traffic") ? 1 : 0;
    if (later && looks > later.look) scenario.world.behaviours.set("v2", { verdict: later.verdict });
    return undefined;
  };
  const result = await scenario.deploy("v2");
  return { scenario, result, texts: progressOf(scenario) };
}

const progressOf = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));

describe("a step with too few requests to judge", () => {
  it("goes on by default, and says what it did not see", async () => {
    const { scenario, result, texts } = await deployed("proceed");
    expect(result).toMatchObject({ outcome: "live" });
    expect(texts).toContain("watched for 10s at 10 %");
    expect(scenario.world.events).toContainEqual(expect.objectContaining({ type: "verdict", verdict: few }));
  });

  it("is watched as long again at most", async () => {
    const { result, texts } = await deployed("extend");
    expect(result).toMatchObject({ outcome: "live" });
    expect(texts).toContain("too few to judge: watched 10s longer at most");
    expect(texts).toContain("watched for 20s at 10 %");
  });

  it("is watched longer only until there is enough", async () => {
    const { texts } = await deployed("extend", { look: 15, verdict: enough });
    expect(texts.find((text) => text.startsWith("watched for"))).toMatch(/^watched for 1[4-7]s at 10 %$/);
  });

  it("is taken back when what comes later is bad", async () => {
    const { result, scenario } = await deployed("extend", { look: 15, verdict: bad });
    expect(result).toMatchObject({ outcome: "rolled-back", reason: expect.stringContaining("40 %") });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("waits for a person where that was asked for", async () => {
    const { result, scenario } = await deployed("pause");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(result.reason).toContain("too few requests to judge the errors: n=3");
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
  });
});
