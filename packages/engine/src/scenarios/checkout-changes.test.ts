import { describe, expect, it } from "vitest";
import { aScenario, reached } from "../../test/support/scenario.ts";

describe("a checkout that somebody changes", () => {
  it("before its turn has come is not deployed as what it was", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.state.checkedOut = "commit-of-v3";
    await expect(scenario.deploy("v2")).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
    // What is stored is as stored, but the model that it was found by is not of this commit.
    await expect(scenario.deploy("v1")).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
    expect((await scenario.deploy("v3")).outcome).toBe("live");
  });

  it("while its images are built is stored under no name, and users stay where they are", async () => {
    const scenario = aScenario();
    const { calls, state } = scenario.world;
    await scenario.deploy("v1");
    calls.fault = ({ name }) => {
      if (name.startsWith("images.build")) state.checkedOut = "commit-of-v3";
      return undefined;
    };
    const ended = await scenario.deploy("v2");
    expect(ended).toMatchObject({ outcome: "failed", exitCode: 20, error: { code: "RELEASE_REFUSED" } });
    expect([...state.bundles.values()].map(({ bundle }) => bundle.tag)).toEqual(["v1"]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    calls.fault = () => undefined;
    state.checkedOut = null;
    expect((await scenario.deploy("v2")).outcome).toBe("live");
  });
});
