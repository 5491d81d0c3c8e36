import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached } from "../../test/support/scenario.ts";

it("a job that may change the database runs through whoever sees to it that nobody is held up", async () => {
  const scenario = aScenario({ config: aConfig({ database: { service: "db" } }) });
  await scenario.deploy("v1");
  // Nobody uses a database that is not there yet.
  expect(scenario.world.calls.log).not.toContain("migrations.run on db");
  await scenario.deploy("v2");
  const { log } = scenario.world.calls;
  const asked = log.lastIndexOf("migrations.run on db");
  expect(asked).toBeGreaterThan(-1);
  expect(log.lastIndexOf("slots.runJob migrate: start")).toBeGreaterThan(asked);
});

it.each([
  ["configured", aConfig({ database: { service: "db" } })],
  ["not configured", aConfig()],
])("a job runs again as its service says, but not over a database that is in use (%s)", async (_, config) => {
  const scenario = aScenario({ config });
  for (const tag of ["v1", "v2"]) scenario.world.behaviours.set(tag, { hastyJobs: ["migrate"] });
  expect((await scenario.deploy("v1")).outcome).toBe("live");
  expect((await scenario.deploy("v2")).outcome).toBe("failed");
});

it("a migration that gave up is no fault of the release: it may be tried again as it is", async () => {
  const scenario = aScenario({ config: aConfig({ database: { service: "db" } }) });
  await scenario.deploy("v1");
  const { world } = scenario;
  world.calls.fault = ({ name }) =>
    name.startsWith("migrations.run") ? new SluiceError("MIGRATION_FAILED", "it met a lock") : undefined;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20 });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(world.violations).toEqual([]);
  world.restart();
  expect((await scenario.deploy("v2")).outcome).toBe("live");
});
