import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";

it("a stack is tied to no home by what is refused, and to its own by a deployment", async () => {
  const scenario = aScenario();
  const { state } = scenario.world;
  await expect(scenario.rollback()).rejects.toMatchObject({ code: "NOTHING_TO_ROLL_BACK" });
  state.obstacles = [{ severity: "error", code: "port-held", message: "port 8000 is another's" }];
  await expect(scenario.deploy("v1")).rejects.toMatchObject({ code: "PREFLIGHT_FAILED" });
  expect(state.homeId).toBeNull();
  state.obstacles = [];
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  expect(state.homeId).toBe("home");
});

it("a stack of another home is refused before anything else is said of it", async () => {
  const scenario = aScenario();
  const { state } = scenario.world;
  state.homeId = "another";
  state.obstacles = [{ severity: "error", code: "port-held", message: "port 8000 is another's" }];
  for (const run of [scenario.deploy("v1"), scenario.rollback()]) {
    await expect(run).rejects.toEqual(expect.any(SluiceError));
    await expect(run).rejects.toMatchObject({ code: "HOME_MISMATCH" });
  }
});
