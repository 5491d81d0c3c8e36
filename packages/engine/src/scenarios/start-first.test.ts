import { aConfig, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached } from "../../test/support/scenario.ts";

const services = [aService("web", { replicas: 3 }), aService("db", { role: "data" })];

function startsAndWaits(log: readonly string[]): readonly string[] {
  return log.filter((name) => /^slots\.(?:start|waitReady) /.test(name)).map((name) => name.replace(/ of \w+$/, ""));
}

it("where no job migrates, one replica is ready before the others start", async () => {
  const scenario = aScenario({ services, config: aConfig({ database: { service: "db" } }) });
  expect((await scenario.deploy("v1")).outcome).toBe("live");
  const [wait, start] = ["slots.waitReady web", "slots.start web"];
  const { calls, violations } = scenario.world;
  // The second time the one that runs is only looked at.
  expect(startsAndWaits(calls.log).slice(0, 6)).toEqual([start, wait, start, start, start, wait]);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(violations).toEqual([]);
});

it("one that does not become ready ends the deployment before any other starts", async () => {
  const scenario = aScenario({ services, config: aConfig({ database: { service: "db" } }) });
  await scenario.deploy("v1");
  const before = scenario.world.calls.log.length;
  scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
  expect((await scenario.deploy("v2")).outcome).toBe("failed");
  const log = startsAndWaits(scenario.world.calls.log.slice(before));
  expect(log.slice(0, 2)).toEqual(["slots.start web", "slots.waitReady web"]);
  expect(log.filter((name) => name === "slots.start web")).toHaveLength(1);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
});
