import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached } from "../../test/support/scenario.ts";

const failing = { failingChecks: ["web answers"] };

describe("a release that does not speak what its door takes it to speak", () => {
  it("meets no users, and it is said where to say what it speaks", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", failing);
    const hint = expect.stringContaining("services.web.protocol");
    expect(await scenario.deploy("v2")).toMatchObject({ exitCode: 20, error: { code: "CHECK_FAILED", hint } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is gone back to where users had it before: it answered them as it does now", async () => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
    scenario.world.behaviours.set("v1", failing);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });
});
