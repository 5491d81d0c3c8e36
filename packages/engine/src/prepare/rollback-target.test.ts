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

it("a release is named by its tag or id, or not at all", () => {
  const bundles = [aBundle("r-1", { tag: "v1" }), aBundle("r-2", { tag: "v2" })];
  expect(namedTarget({ to: "v1" }, bundles)?.id).toBe("r-1");
  expect(namedTarget({ to: "r-2" }, bundles)?.id).toBe("r-2");
  expect(namedTarget({}, bundles)).toBeNull();
  expect(() => namedTarget({ to: "v3" }, bundles)).toThrow('no release "v3" is stored');
});
