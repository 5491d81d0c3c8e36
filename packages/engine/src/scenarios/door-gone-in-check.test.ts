import { aConfig, aProject } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const config = aConfig({ checks: [{ name: "the shop", http: { path: "/" } }], rollout: { steps: [100] } });

async function live(): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

/** As `docker rm -f` of the door, while the check is under way. */
function removeDoorIn({ world: { calls, state } }: Scenario): void {
  calls.fault = ({ name }) => (name === "prober.probe the shop" ? remove : undefined);
  const remove = () => {
    for (const door of state.doors.values()) door.running = false;
  };
}

describe("a door that goes away in the middle of a check", () => {
  it("says nothing of the release: the deployment stops, the door is back, and the release may be tried again", async () => {
    const scenario = await live();
    removeDoorIn(scenario);
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "failed", error: { code: "DOOR_FAILED" }, serving: { tag: "v1" } });
    expect(result.reason).toBe("door web went away while checks were made: they say nothing of the release");
    expect(reached(scenario)).toEqual({ web: ["v1"] });

    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("takes nothing from a verdict of a check that fails while the door is there", async () => {
    const scenario = await live();
    scenario.world.behaviours.set("v2", { failingChecks: ["the shop"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", error: { code: "CHECK_FAILED" } });
  });

  it("takes nothing from a verdict of a candidate that is asked through a preview, as users reach what plain Compose runs", async () => {
    const scenario = aScenario({ config });
    scenario.world.runPlain(aProject());
    scenario.world.behaviours.set("v1", { failingChecks: ["the shop"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", error: { code: "CHECK_FAILED" } });
    expect(scenario.world.state.records.map(({ step }) => step)).toContain("preview-door-1");
    expect(reached(scenario)).toEqual({ web: ["plain"] });
  });
});
