import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

/** The second deployment, with one effect failing; and what it did after that. */
async function failing(effect: string): Promise<{ readonly scenario: Scenario; readonly after: readonly string[] }> {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  const { calls } = scenario.world;
  let failedAt = -1;
  calls.fault = ({ name }) => {
    if (name !== effect) return undefined;
    failedAt = calls.log.length;
    return new SluiceError("COMPOSE_FAILED", `${name} failed`);
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20 });
  return { scenario, after: calls.log.slice(failedAt) };
}

async function expectNothingLeft(scenario: Scenario): Promise<void> {
  expect(serves(scenario, "v1")).toEqual([]);
  expect(await problemsOf(scenario)).toEqual([]);
}

describe("the slot that is made while a job runs", () => {
  it("is made beside it: neither waits for the other, and the start waits for both", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const { log } = scenario.world.calls;
    const at = (name: string) => log.indexOf(name);
    expect(at("slots.create web in blue")).toBeGreaterThan(at("slots.runJob migrate: start"));
    expect(log).not.toContain("slots.create job migrate in blue");
    const start = at("slots.start web of blue");
    expect(start).toBeGreaterThan(at("slots.runJob migrate: end"));
    expect(start).toBeGreaterThan(at("slots.create web in blue"));
  });

  it("fails the deployment only after the job came to its end", async () => {
    const { scenario, after } = await failing("slots.create web in green");
    expect(scenario.world.calls.log).toContain("slots.runJob migrate: end");
    expect(after).not.toContain("slots.start web of green");
    await expectNothingLeft(scenario);
  });

  it("goes with a job that fails", async () => {
    const { scenario, after } = await failing("slots.runJob migrate: end");
    expect(after).not.toContain("slots.start web of green");
    await expectNothingLeft(scenario);
  });
});
