import { aBundle } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { namedTarget, nothingToRollBack } from "./rollback-target.ts";

it("why there is nothing to go back to", () => {
  expect(nothingToRollBack(["r-1", "r-2"], "r-2").message).toContain("is stored any more");
  expect(nothingToRollBack(["r-2"], "r-2").message).toBe("no release was live before the one that serves");
  expect(nothingToRollBack(["r-2"], "r-2").hint).toContain("in a checkout of that version");
  expect(nothingToRollBack([], null).code).toBe("NOTHING_TO_ROLL_BACK");
  const untold = nothingToRollBack(["r-2"], "r-2", [{ tag: "v1" }, { tag: "v0" }]);
  expect(untold.message).toMatch(/^the record does not tell .*; v1, v0 are stored$/);
});

it("a release that failed is none to go back to", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { exits: ["web"] });
  await scenario.deploy("v2");
  scenario.world.restart();
  await expect(scenario.rollback()).rejects.toThrow("no release was live before the one that serves");
});

it("what the last deployment has replaced comes first, where the record was lost before it", async () => {
  const scenario = aScenario();
  const { world } = scenario;
  await scenario.deploy("v0");
  await scenario.deploy("v1");
  world.restart();
  world.state.records.length = 0;
  await world.ports().journal.append({ type: "state-rebuilt", serving: null, slots: [], lost: [] });
  await scenario.deploy("v2");
  await expect(scenario.rollback()).rejects.toMatchObject({
    message: expect.stringMatching(/; v1, v0 are stored$/),
    hint: "sluice rollback v1 goes back to it",
  });
});

it("what a build has stored that was killed is none to go back to", async () => {
  const scenario = aScenario();
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.calls.fault = ({ name }) => (name === "journal.append step-outcome build-1" ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  world.restart();
  expect([...world.state.bundles.values()].map(({ bundle }) => bundle.tag)).toContain("v2");
  await scenario.recover("undo");
  await expect(scenario.rollback()).rejects.toThrow("no release was live before the one that serves");
});

it("a release is named by its tag or id, or not at all", () => {
  const bundles = [aBundle("r-1", { tag: "v1" }), aBundle("r-2", { tag: "v2" })];
  expect(namedTarget({ to: "v1" }, bundles)?.id).toBe("r-1");
  expect(namedTarget({ to: "r-2" }, bundles)?.id).toBe("r-2");
  expect(namedTarget({}, bundles)).toBeNull();
  expect(() => namedTarget({ to: "v3" }, bundles)).toThrow('no release "v3" is stored');
});
