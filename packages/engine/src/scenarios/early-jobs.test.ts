import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, shopServices } from "../../test/support/scenario.ts";

const services = [
  ...shopServices,
  aService("certs", { role: "job" }),
  aService("search", { role: "data", dependsOn: ["certs"], awaits: ["certs"] }),
];

it("data that waits for a job is made once that has ended, and nothing of the job is made again with the slot", async () => {
  const scenario = aScenario({ services });
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  const { log } = scenario.world.calls;
  expect(log.indexOf("base.up search: create")).toBeGreaterThan(log.indexOf("slots.runJob certs: end"));
  expect(log).not.toContain("slots.create job certs in blue");
  expect(await problemsOf(scenario)).toEqual([]);
});

it("a later deployment touches no such data, and runs the job with the others", async () => {
  const scenario = aScenario({ services });
  await scenario.deploy("v1");
  scenario.world.restart();
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  const { log } = scenario.world.calls;
  expect(log.filter((call) => call.startsWith("base.up"))).toEqual([]);
  expect(log.indexOf("slots.runJob certs: start")).toBeGreaterThan(log.indexOf("slots.runJob migrate: end"));
});

it("where the job fails, the data is not made, and nothing of the slot is left", async () => {
  const scenario = aScenario({ services });
  scenario.world.behaviours.set("v1", { failingJobs: ["certs"] });
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", exitCode: 20 });
  expect(scenario.world.calls.log).not.toContain("base.up search: create");
  expect(await problemsOf(scenario)).toEqual([]);
  scenario.world.restart();
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  expect(serves(scenario, "v2")).toEqual([]);
});
