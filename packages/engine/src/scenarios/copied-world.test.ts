import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";

it("what is done in the copy of a world is what would have been done in the world itself, which stays as it is", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  const copied = scenario.copy();
  const before = structuredClone(scenario.world.state);
  copied.world.behaviours.set("v3", { exits: ["worker"] });
  await copied.deploy("v3");
  await copied.deploy("v4");
  expect(scenario.world.state).toEqual(before);

  scenario.world.behaviours.set("v3", { exits: ["worker"] });
  await scenario.deploy("v3");
  await scenario.deploy("v4");
  const { state, calls, events, violations } = copied.world;
  expect(calls.log).toEqual(scenario.world.calls.log.slice(-calls.log.length));
  expect(events).toEqual(scenario.world.events);
  expect([state, violations]).toEqual([scenario.world.state, scenario.world.violations]);
});
