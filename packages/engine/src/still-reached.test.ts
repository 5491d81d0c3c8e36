import { expect, it } from "vitest";
import { problemsOf } from "../test/support/enumerate.ts";
import { aScenario, reached } from "../test/support/scenario.ts";

it("a candidate that takes no connection when it is to become the stable version is taken back", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { failingChecks: ["web takes connections"] });
  expect(await scenario.deploy("v2")).toMatchObject({
    outcome: "rolled-back",
    exitCode: 21,
    serving: { tag: "v1" },
    reason: expect.stringContaining("web takes connections"),
  });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(await problemsOf(scenario)).toEqual([]);
});
