import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, killedAt, reached } from "../../test/support/scenario.ts";
import { skewWallTime } from "../../test/support/skew.ts";
import { readAttempts } from "../record/read-attempts.ts";

// The world begins on Thursday, 2026-01-01, at midnight UTC.
const closed = aConfig({ windows: { timezone: "Asia/Shanghai", open: ["mon-thu 09:00-16:00"] } });
const frozen = aConfig({ windows: { freezes: [{ from: "2025-12-20", until: "2026-01-03", reason: "year end" }] } });

describe("a deployment outside the windows", () => {
  it("is refused before anything is done, with the next opening", async () => {
    const scenario = aScenario({ config: closed });
    await expect(scenario.deploy("v1")).rejects.toMatchObject({
      code: "WINDOW_CLOSED",
      exitCode: 10,
      message: expect.stringMatching(
        / is not open for deployments: outside the window mon-thu 09:00-16:00 \(Asia\/Shanghai\)$/,
      ),
      hint: expect.stringContaining("it opens Thu 2026-01-01 09:00 Asia/Shanghai; sluice deploy --override REASON"),
    });
    expect(scenario.world.state.records).toEqual([]);
    expect(reached(scenario)).toEqual({});
  });

  it("names the freeze", async () => {
    await expect(aScenario({ config: frozen }).deploy("v1")).rejects.toMatchObject({
      message: expect.stringContaining("frozen until Sun 2026-01-04 00:00 UTC: year end"),
    });
  });

  it("goes on with a reason, which is in the record", async () => {
    const scenario = aScenario({ config: frozen });
    expect(await scenario.deploy("v1", { override: "orders fail" })).toMatchObject({ outcome: "live" });
    const [attempt] = await readAttempts(scenario.world.ports().journal);
    expect(attempt?.start.consents).toEqual(["window: orders fail (frozen until Sun 2026-01-04 00:00 UTC: year end)"]);
  });

  it("does not go on with a reason that says nothing", async () => {
    await expect(aScenario({ config: frozen }).deploy("v1", { override: "  " })).rejects.toMatchObject({
      exitCode: 10,
    });
  });

  it("is open again when the window is: nothing is recorded", async () => {
    const scenario = aScenario({ config: closed });
    scenario.world.clock.advance(3_600_000);
    await scenario.deploy("v1", { override: "not needed" });
    const [attempt] = await readAttempts(scenario.world.ports().journal);
    expect(attempt?.start.consents).toEqual([]);
  });
});

describe("wall time that jumps while a deployment is prepared", () => {
  const hourMs = 3_600_000;

  /** Deploys with wall time as it is, which jumps at the first look at the stack. */
  function deployWithJump(scenario: ReturnType<typeof aScenario>, jumpMs: number, override?: string) {
    scenario.world.calls.fault = ({ name }) => {
      if (name === "observer.observe" && !hasJumped) {
        hasJumped = true;
        scenario.world.clock.skewWall(jumpMs);
      }
      return undefined;
    };
    let hasJumped = false;
    return scenario.deploy("v1", { override });
  }

  it("shuts a window that is not open then: nothing has begun", async () => {
    for (const jumpMs of [12 * hourMs, -12 * hourMs]) {
      const scenario = aScenario({ config: closed });
      scenario.world.clock.advance(2 * hourMs);
      await expect(deployWithJump(scenario, jumpMs)).rejects.toMatchObject({ code: "WINDOW_CLOSED", exitCode: 10 });
      expect(scenario.world.state.records).toEqual([]);
      expect(reached(scenario)).toEqual({});
    }
  });

  it("within the window changes nothing", async () => {
    const scenario = aScenario({ config: closed });
    scenario.world.clock.advance(2 * hourMs);
    expect(await deployWithJump(scenario, 3 * hourMs)).toMatchObject({ outcome: "live" });
  });

  it("leaves on record what was closed at the moment of the beginning", async () => {
    const scenario = aScenario({ config: closed });
    scenario.world.clock.advance(2 * hourMs);
    await deployWithJump(scenario, 12 * hourMs, "orders fail");
    const [attempt] = await readAttempts(scenario.world.ports().journal);
    expect(attempt?.start.consents).toEqual([expect.stringMatching(/^window: orders fail \(outside the window/)]);
  });

  it("is of no matter once it has begun", async () => {
    const scenario = aScenario({ config: closed });
    scenario.world.clock.advance(2 * hourMs);
    skewWallTime(scenario, [12 * hourMs]);
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
  });
});

it("a window that shuts while a dead run is finished is shut for what comes after it", async () => {
  const scenario = aScenario({ config: aConfig({ rollout: { bake: "2h" } }) });
  await scenario.deploy("v1");
  const shut = aConfig({ rollout: { bake: "2h" }, windows: { open: ["mon-sun 00:00-06:00"] } });
  scenario.world.restart();
  const isBaking = () => scenario.world.events.some((event) => event.type === "step-start" && event.kind === "bake");
  scenario.world.events.length = 0;
  scenario.world.calls.fault = () => (isBaking() ? "crash" : undefined);
  await scenario.deploy("v2").catch(() => undefined);
  scenario.world.restart();
  // It bakes from half past four on, or so: two hours.
  scenario.world.clock.skewWall(Date.UTC(2026, 0, 2, 4, 30) - scenario.world.clock.now().getTime());
  await expect(scenario.deploy("v3", { config: shut })).rejects.toMatchObject({ code: "WINDOW_CLOSED" });
  expect(reached(scenario)).toEqual({ web: ["v2"] });
  expect(
    (await readAttempts(scenario.world.ports().journal)).map(({ start, end }) => [start.tag, end?.outcome]),
  ).toEqual([
    ["v1", "live"],
    ["v2", "live"],
  ]);
});

describe("a freeze keeps nobody from going back", () => {
  it("by rollback", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    expect(await scenario.rollback(undefined, { config: frozen })).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("by undoing or finishing what a dead run left", async () => {
    for (const choice of ["undo", undefined] as const) {
      const scenario = aScenario();
      await scenario.deploy("v1");
      scenario.world.restart();
      expect(await killedAt(scenario, 25, () => scenario.deploy("v2"))).toBe(true);
      expect(await scenario.recover(choice, { config: frozen })).toMatchObject({ outcome: "interrupted" });
    }
  });
});
