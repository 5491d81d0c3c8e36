import { isSluiceError, type RehearsalOutcome, type Verdict } from "@sluice/core";
import { aConfig, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const hourMs = 3_600_000;
const config = aConfig({
  database: { service: "db", rehearsal: "warn" },
  rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s", approval: { timeout: "1h" } },
  analysis: { enabled: true },
});
const failing: Verdict = { check: "errors", result: "fail", value: "20 %", limit: "1 %", n: 300 };
const previousFails: RehearsalOutcome = {
  verdict: "warn",
  previous: { result: "fail", why: "status 500" },
  findings: [{ code: "previous-fails", severity: "warn", message: "v1 does not run on the new schema" }],
  backup: "backup-1",
  seen: nothingSeen,
};

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? `${error.code} ${error.exitCode}` : String(error)),
  );

/** Once, as a step begins. */
function asBegins({ world }: Scenario, step: string, act: () => void): Disposable {
  const push = world.events.push.bind(world.events);
  world.events.push = (...events) => {
    if (events.some((event) => event.type === "step-start" && event.step === step)) act();
    return push(...events);
  };
  return {
    [Symbol.dispose]() {
      world.events.push = push;
    },
  };
}

/** `v1` does not run on what `v2` has migrated, and `v2` was bad from this step on; nobody came. */
async function leftAt(step: string): Promise<Scenario> {
  const scenario = aScenario({ config });
  const { world } = scenario;
  await scenario.deploy("v1");
  world.restart();
  world.state.rehearsal = previousFails;
  {
    using _ = asBegins(scenario, step, () => world.behaviours.set("v2", { verdict: failing }));
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", exitCode: 30 });
  }
  world.restart();
  world.state.rehearsal = null;
  world.behaviours.delete("v2");
  return scenario;
}

/** Runs, and says whether that was without waiting for a person. */
async function atOnce<T>({ world }: Scenario, run: () => Promise<T>): Promise<T> {
  const begunMs = world.clock.monotonicMs();
  const result = await run();
  expect(world.clock.monotonicMs() - begunMs).toBeLessThan(hourMs / 2);
  return result;
}

describe("a bad verdict that nobody answered, where the version before is known to fail", () => {
  it("at a share refuses the next deployment: users are led to that version by a person alone", async () => {
    const scenario = await leftAt("shift-1");
    const refused = scenario.deploy("v3");
    await expect(refused).rejects.toMatchObject({
      code: "RECOVERY_REFUSED",
      exitCode: 10,
      message: expect.stringContaining("v1 does not run on the schema that v2 left: status 500"),
      hint: expect.stringMatching(/sluice resume .*sluice abort/),
    });
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live" });
  });

  it("at a share is undone by the next deployment once data was put back", async () => {
    const scenario = await leftAt("shift-1");
    await scenario.world.ports().journal.append({ type: "database-restore", result: "done" });
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
  });

  it("after the cutover leaves users at the version that has it, and the next deployment begins at once", async () => {
    const scenario = await leftAt("bake-1");
    const seen: unknown[] = [];
    const push = scenario.world.events.push.bind(scenario.world.events);
    scenario.world.events.push = (...events) => {
      if (events.some(({ type }) => type === "deployment-start")) seen.push(reached(scenario));
      return push(...events);
    };
    const result = await atOnce(scenario, () => scenario.deploy("v3"));
    expect(seen).toEqual([{ web: ["v2"] }]);
    expect(result).toMatchObject({ outcome: "live", serving: { tag: "v3", share: 100 } });
  });

  it("after the cutover is not answered by the same release once more", async () => {
    const scenario = await leftAt("bake-1");
    expect(await atOnce(scenario, () => scenario.deploy("v2"))).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringContaining("20 %"),
    });
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
  });

  it("is answered by whoever has it finished", async () => {
    for (const step of ["shift-1", "bake-1"]) {
      const scenario = await leftAt(step);
      expect(await atOnce(scenario, () => scenario.recover("finish"))).toMatchObject({ outcome: "live" });
      const answer = { type: "order", order: "resume", actor: "tester" };
      expect(scenario.world.state.records).toContainEqual(expect.objectContaining(answer));
    }
  });

  it("is gone back from only with a consent", async () => {
    for (const step of ["shift-1", "bake-1"]) {
      const scenario = await leftAt(step);
      const before = reached(scenario);
      expect(await codeOf(scenario.rollback())).toBe("DATA_INCOMPATIBLE 10");
      expect(reached(scenario)).toEqual(before);
      const back = await scenario.rollback(undefined, { acceptIncompatible: true });
      expect(back).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
      expect(back.reason).toContain("by tester: a test; accepted that v1 does not run on the migrated data");
    }
  });
});

describe("a bad verdict that comes first while a killed run is finished", () => {
  /** `v1` does not run on what `v2` has migrated, and whoever deployed `v2` was killed after its cutover; it is bad since. */
  async function killedInBake(): Promise<Scenario> {
    const scenario = aScenario({ config });
    const { world } = scenario;
    await scenario.deploy("v1");
    world.restart();
    world.state.rehearsal = previousFails;
    {
      using _ = asBegins(scenario, "bake-1", () => {
        world.calls.fault = () => "crash";
      });
      await scenario.deploy("v2").catch(() => undefined);
    }
    world.restart();
    world.state.rehearsal = null;
    world.behaviours.set("v2", { verdict: failing });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    return scenario;
  }
  const wanted = ({ world }: Scenario) => world.events.filter(({ type }) => type === "person-wanted");

  it("is waited for by nobody who wants another release: that begins at once", async () => {
    const scenario = await killedInBake();
    const { world } = scenario;
    const seen: unknown[] = [];
    const push = world.events.push.bind(world.events);
    world.events.push = (...events) => {
      if (events.some(({ type }) => type === "deployment-start")) {
        seen.push(reached(scenario));
        // The judge of this world cannot tell one slot from the other.
        world.behaviours.delete("v2");
      }
      return push(...events);
    };
    const result = await atOnce(scenario, () => scenario.deploy("v3"));
    expect(seen).toEqual([{ web: ["v2"] }]);
    expect(result).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(wanted(scenario)).toEqual([]);
  });

  it("is told to who wants the same release once more, at once, and stays theirs to answer", async () => {
    const scenario = await killedInBake();
    expect(await atOnce(scenario, () => scenario.deploy("v2"))).toMatchObject({
      outcome: "needs-person",
      exitCode: 30,
      reason: expect.stringContaining("20 %"),
    });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    scenario.world.restart();
    scenario.world.behaviours.delete("v2");
    expect(await atOnce(scenario, () => scenario.recover("finish"))).toMatchObject({ outcome: "live" });
  });

  it("is waited for by who has it finished", async () => {
    const scenario = await killedInBake();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "needs-person" });
    expect(wanted(scenario)).toHaveLength(1);
  });
});
