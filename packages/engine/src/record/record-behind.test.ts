import { isSluiceError, SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const config = aConfig({ rollout: { steps: [50, 100], keep: "stopped" } });

/** `v2` came as far as it could, and all that is known of it are the first records of its deployment: an older export was imported. */
async function behind(written: number, killedBefore?: string): Promise<Scenario> {
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  const before = world.state.records.length;
  world.calls.fault = ({ name }) => (name === killedBefore ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  world.restart();
  world.state.records.length = Math.min(world.state.records.length, before + written);
  return scenario;
}

/** As `state import` leaves it. */
async function imported(scenario: Scenario): Promise<Scenario> {
  await scenario.world
    .ports()
    .journal.append({ type: "state-imported", actor: "tester", reason: "moved", from: "old" });
  return scenario;
}

/** With each record that the deployment may have left, or only those before this one. Default: before its end. */
async function withEach(
  run: (scenario: Scenario, last: string) => Promise<void>,
  until = "deployment-end",
  killedBefore?: string,
) {
  for (let written = 1, length = 0; ; written++) {
    const scenario = await behind(written, killedBefore);
    const { records } = scenario.world.state;
    if (records.length === length) return;
    length = records.length;
    const record = records.at(-1);
    const last = [record?.type, record?.["step"]].filter(Boolean).join(" ");
    if (last === until) return;
    await run(scenario, last);
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
  );

describe("a record that is older than what it tells of, of a release that is live in truth", () => {
  it("lets nobody abort it: its release is promoted, and the one before is retired", () =>
    withEach(async (scenario, last) => {
      expect([last, await codeOf(scenario.recover("undo"))]).toEqual([last, "RECOVERY_REFUSED"]);
      expect([last, reached(scenario)]).toEqual([last, { web: ["v2"] }]);
    }));

  it("is finished by the next deployment, which takes nothing of what serves away", () =>
    withEach(async (scenario, last) => {
      const result = await scenario.recover();
      expect([last, result?.serving?.tag, serves(scenario, "v2")]).toEqual([last, "v2", []]);
      expect([last, scenario.world.violations]).toEqual([last, []]);
      expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
      expect([last, scenario.world.violations]).toEqual([last, []]);
    }));

  it("does not keep anybody from going back", () =>
    withEach(async (scenario, last) => {
      expect([last, await scenario.rollback()]).toMatchObject([last, { outcome: "live", serving: { tag: "v1" } }]);
    }));
});

describe("a record that is older than what it tells of, of a release that has all users and is not promoted", () => {
  const cutover = "step-intent shift-2";
  const killedBefore = "journal.append step-intent promote-1";

  it("leads them back when it is aborted, and workers with them, before its slot goes", () =>
    withEach(
      async (scenario, last) => {
        const result = await scenario.recover("undo");
        expect([last, result?.serving?.tag, await problemsOf(scenario), serves(scenario, "v1")]).toEqual([
          last,
          "v1",
          [],
          [],
        ]);
      },
      cutover,
      killedBefore,
    ));

  it("takes nothing away where they cannot be led back, and needs a person", () =>
    withEach(
      async (scenario, last) => {
        scenario.world.calls.fault = ({ name }) =>
          name.startsWith("router.setRouting") ? new SluiceError("DOOR_FAILED", `${name} failed`) : undefined;
        expect([last, await scenario.recover("undo")]).toMatchObject([last, { exitCode: 30, serving: { tag: "v2" } }]);
        expect([last, reached(scenario), scenario.world.violations]).toEqual([last, { web: ["v2"] }, []]);
      },
      cutover,
      killedBefore,
    ));
});

describe("a record that was imported, of a release that has all users and is not promoted", () => {
  const killedBefore = "journal.append step-intent promote-1";
  const all = "none";

  it("leads them back when it is aborted, and workers with them, wherever it ends", () =>
    withEach(
      async (scenario, last) => {
        const result = await (await imported(scenario)).recover("undo");
        expect([last, result?.serving?.tag, await problemsOf(scenario), serves(scenario, "v1")]).toEqual([
          last,
          "v1",
          [],
          [],
        ]);
      },
      all,
      killedBefore,
    ));

  it("is finished when it is resumed", () =>
    withEach(
      async (scenario, last) => {
        if (last === "deployment-start" || last === "step-intent build-1") return;
        const result = await (await imported(scenario)).recover("finish");
        expect([last, result?.serving?.tag, await problemsOf(scenario), serves(scenario, "v2")]).toEqual([
          last,
          "v2",
          [],
          [],
        ]);
      },
      all,
      killedBefore,
    ));

  it("says what it lacks", async () => {
    const scenario = await imported(await behind(1, killedBefore));
    await scenario.recover("undo");
    expect(scenario.world.events).toContainEqual(
      expect.objectContaining({ finding: expect.objectContaining({ code: "record-completed" }) }),
    );
  });
});

describe("a release that is live in truth, and that neither record nor store knows", () => {
  async function unknown(): Promise<Scenario> {
    const scenario = await behind(1);
    const { bundles } = scenario.world.state;
    for (const [id, { bundle }] of bundles) if (bundle.tag === "v2") bundles.delete(id);
    return scenario;
  }

  it("can neither be finished nor undone: nothing of it is touched", async () => {
    const scenario = await unknown();
    for (const choice of ["finish", "undo"] as const) {
      expect(await codeOf(scenario.recover(choice))).toBe("RECOVERY_REFUSED");
    }
    expect(await scenario.recover()).toMatchObject({ outcome: "needs-person" });
    expect(Object.keys(scenario.world.users()["web"] ?? {})).toHaveLength(1);
  });

  it.each([
    ["the next deployment begins with it", (scenario: Scenario) => scenario.deploy("v3"), "v3"],
    ["and so does going back", (scenario: Scenario) => scenario.rollback(), "v1"],
  ] as const)("%s", async (_title, run, tag) => {
    const scenario = await unknown();
    expect(await run(scenario)).toMatchObject({ outcome: "live", serving: { tag } });
    expect(scenario.world.violations).toEqual([]);
  });
});
