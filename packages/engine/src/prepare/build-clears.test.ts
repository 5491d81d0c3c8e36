import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

async function afterTwo(keep: "warm" | "stopped"): Promise<Scenario> {
  const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  scenario.world.restart();
  return scenario;
}

const failsToBuild = ({ world }: Scenario) => {
  world.calls.fault = ({ name }) =>
    name.startsWith("images.build") ? new SluiceError("BUILD_FAILED", "no such base image") : undefined;
};

describe("a build that fails", () => {
  it("leaves a warm previous as it was", async () => {
    const scenario = await afterTwo("warm");
    failsToBuild(scenario);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "failed" });
    expect(serves(scenario, "v2")).toEqual([]);
    expect([...scenario.world.state.containers.values()].filter(({ place }) => place === "blue")).not.toEqual([]);
  });

  it("leaves nothing of the stopped slot that was emptied meanwhile", async () => {
    const scenario = await afterTwo("stopped");
    failsToBuild(scenario);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "failed" });
    scenario.world.restart();
    expect(serves(scenario, "v2")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect([...scenario.world.state.containers.values()].filter(({ place }) => place === "blue")).toEqual([]);
  });
});
