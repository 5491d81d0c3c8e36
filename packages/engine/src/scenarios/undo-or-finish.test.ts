import type { RehearsalOutcome } from "@sluice/core";
import { aConfig, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const config = aConfig({
  database: { service: "db", rehearsal: "warn" },
  rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s" },
});
const previousFails: RehearsalOutcome = {
  verdict: "warn",
  previous: { result: "fail", why: "status 500" },
  findings: [{ code: "previous-fails", severity: "warn", message: "v1 does not run on the new schema" }],
  backup: "backup-1",
  seen: nothingSeen,
};

/** `v1` is live, and the deployer of `v2` was killed before the first effect with this name. */
async function killedBefore(effect: string, rehearsal: RehearsalOutcome | null = null): Promise<Scenario> {
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.state.rehearsal = rehearsal;
  let isDead = false;
  world.calls.fault = ({ name }) => {
    isDead ||= name.startsWith(effect);
    return isDead ? "crash" : undefined;
  };
  await scenario.deploy("v2").catch(() => undefined);
  if (!isDead) throw new Error(`${effect} never came: ${world.calls.log.join(", ")}`);
  world.restart();
  world.state.rehearsal = null;
  return scenario;
}

const undone = { outcome: "interrupted", exitCode: 0 };
const finished = { outcome: "live", exitCode: 0 };
const inShift = "journal.append step-outcome shift-1";
const inBake = "journal.append step-outcome bake-1";

describe("a deployment that is to be undone or finished", () => {
  it.each([
    ["undone at a share", inShift, { ...undone, serving: { tag: "v1" } }],
    ["undone after its cutover", inBake, { ...undone, serving: { tag: "v1" } }],
    ["finished once it is promoted", "journal.append step-outcome retire-1", { ...finished, serving: { tag: "v2" } }],
  ])("is %s", async (_title, effect, ending) => {
    const scenario = await killedBefore(effect);
    expect(await scenario.recover("undo-or-finish")).toMatchObject(ending);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["undone where nobody meets it yet", "journal.append step-outcome verify-1", { ...undone, serving: { tag: "v1" } }],
    ["finished after its cutover", inBake, { ...finished, serving: { tag: "v2" } }],
  ])("and whose previous is known to fail is %s", async (_title, effect, ending) => {
    const scenario = await killedBefore(effect, previousFails);
    expect(await scenario.recover("undo-or-finish")).toMatchObject(ending);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("and whose previous is known to fail is left to a person at a share, who hears of it and has both ways", async () => {
    for (const choice of ["undo", "finish"] as const) {
      const scenario = await killedBefore(inShift, previousFails);
      const { world } = scenario;
      expect(await scenario.recover("undo-or-finish")).toMatchObject({
        outcome: "needs-person",
        exitCode: 30,
        reason: "v1 does not run on the schema that v2 left: status 500",
      });
      expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
      expect(world.state.records.at(-1)).toMatchObject({ type: "deployment-end", outcome: "needs-person" });
      expect(world.events).toContainEqual(
        expect.objectContaining({
          finding: expect.objectContaining({
            code: "unfinished-deployment",
            hint: expect.stringMatching(/sluice resume .*sluice abort/),
          }),
        }),
      );
      world.restart();
      await scenario.recover(choice);
      expect(reached(scenario)).toEqual({ web: [choice === "undo" ? "v1" : "v2"] });
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });
});

describe.each([
  ["a rollback", (scenario: Scenario) => scenario.rollback()],
  ["a deployment of the release before", (scenario: Scenario) => scenario.deploy("v1")],
])("%s that is to be undone or finished", (_title, run) => {
  it("leads nobody to what is being left once they are back, wherever it was killed", async () => {
    let isBack = false;
    const { kills, broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario();
        for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
        return scenario;
      },
      when: run,
      async next(scenario) {
        isBack = serves(scenario, "v1").length === 0;
        const result = await scenario.recover("undo-or-finish");
        expect(result?.exitCode ?? 0).toBe(0);
      },
      holds: (scenario) => serves(scenario, isBack ? "v1" : "v2"),
      step: 3,
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(5);
  });
});
