import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario } from "../test/support/scenario.ts";

const config = aConfig({ rollout: { steps: "auto", bake: "0s" } });

async function shares(scenario: Scenario, tag: string): Promise<readonly unknown[]> {
  await scenario.deploy(tag);
  return scenario.world.events.flatMap((event) =>
    event.type === "share-change" && event.service === "web" ? [event.share] : [],
  );
}

describe("steps: auto", () => {
  it("begins small where users made many requests in the last hour", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const { world } = scenario;
    const [door] = [...world.state.doors.values()];
    const ago = new Date(world.clock.now().getTime() - 3_600_000).toISOString();
    // The door of the world counts nothing: it is 0 now, so it must have been less than nothing then.
    world.state.counts.push({ at: ago, service: "web", epoch: door?.id ?? "", requests: -6_000_000 });
    world.events.length = 0;
    expect(await shares(scenario, "v2")).toEqual([1, 10, 100]);
    const plan = world.events.find((event) => event.type === "plan");
    expect(plan?.text).toContain("(auto: 100000 requests a minute)");
  });

  it("counts for itself where nobody did: with few requests half of the users come first", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    scenario.world.events.length = 0;
    expect(await shares(scenario, "v2")).toEqual([50, 100]);
    expect(scenario.world.state.counts).toHaveLength(2);
  });
});
