import { isSluiceError, type RehearsalOutcome, SluiceError, type Verdict } from "@sluice/core";
import { aConfig, aProject, aRequest, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, type ScenarioParts, shopServices } from "../../test/support/scenario.ts";
import type { DeploymentResult } from "../run/end.ts";
import { foreseeRollback, isBack, prepareUndo, whenAsked } from "./way-back.ts";

const config = aConfig({
  rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "10m" },
  analysis: { enabled: true },
});
const failing: Verdict = { check: "errors", result: "fail", value: "20 %", limit: "1 %", n: 300 };

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (isSluiceError(error) ? `${error.code} ${error.exitCode}` : String(error)),
  );

/** What these made live, and then a run that was killed before the first effect with this name. */
async function killedBefore(
  effect: string,
  run: (scenario: Scenario) => Promise<unknown> = (scenario) => scenario.deploy("v2"),
  live: readonly string[] = ["v0", "v1"],
  parts: ScenarioParts = { config },
): Promise<Scenario> {
  const scenario = aScenario(parts);
  const { world } = scenario;
  for (const tag of live) {
    await scenario.deploy(tag);
    world.restart();
  }
  let isDead = false;
  world.calls.fault = ({ name }) => {
    isDead ||= name.startsWith(effect);
    return isDead ? "crash" : undefined;
  };
  await run(scenario).catch(() => undefined);
  if (!isDead) throw new Error(`${effect} never came: ${world.calls.log.join(", ")}`);
  world.restart();
  return scenario;
}

const atTenPercent = "journal.append step-outcome shift-1";
const inBake = "journal.append step-outcome bake-1";

describe("going back from a deployment that was cut short", () => {
  it.each([
    ["while it was built", "images.build", { web: ["v1"] }],
    ["at a share", atTenPercent, { web: ["v2", "v1"] }],
    ["in its bake", inBake, { web: ["v2"] }],
  ])("%s undoes it at once, and stops at the version before it", async (_title, effect, before) => {
    const scenario = await killedBefore(effect);
    expect(reached(scenario)).toEqual(before);
    scenario.world.behaviours.set("v2", { verdict: failing });
    const begunMs = scenario.world.clock.monotonicMs();
    expect(await scenario.rollback()).toMatchObject({
      outcome: "interrupted",
      exitCode: 0,
      serving: { tag: "v1", share: 100 },
      reason: "undone by a later run: asked for by tester: a test",
    });
    expect(scenario.world.clock.monotonicMs() - begunMs).toBeLessThan(60_000);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
    await scenario.rollback();
    expect(reached(scenario)).toEqual({ web: ["v0"] });
  });

  it("that was taken back while one waited for the lock is all that was wanted", async () => {
    const scenario = await killedBefore(atTenPercent);
    const { journal } = scenario.world.ports();
    const asked = await whenAsked(journal);
    expect(asked.leaving).toBeDefined();
    await scenario.recover("undo");
    expect((await whenAsked(journal)).leaving).toBeUndefined();
    expect(await scenario.rollback(undefined, asked)).toMatchObject({ outcome: "nothing-to-do" });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    // What was made live meanwhile, or named, is another matter.
    expect(await scenario.rollback("v0", asked)).toMatchObject({ outcome: "live", serving: { tag: "v0" } });
  });

  it("and went live while one waited for the lock is left", async () => {
    const scenario = await killedBefore(inBake);
    const asked = await whenAsked(scenario.world.ports().journal);
    await scenario.recover("finish");
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(await scenario.rollback(undefined, asked)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });

  it("goes on to the version that is named, where that is not the one before it", async () => {
    for (const [tag, outcome] of [
      ["v1", "interrupted"],
      ["v0", "live"],
    ] as const) {
      const scenario = await killedBefore(inBake);
      expect(await scenario.rollback(tag)).toMatchObject({ outcome, serving: { tag } });
      expect(reached(scenario)).toEqual({ web: [tag] });
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("changes nothing of it where no such release is stored", async () => {
    const scenario = await killedBefore(atTenPercent);
    expect(await codeOf(scenario.rollback("v9"))).toBe("RELEASE_UNKNOWN 2");
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
  });

  it("finishes it where it is the very version that is named", async () => {
    const scenario = await killedBefore(inBake);
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("finishes it where it is promoted, and then goes back", async () => {
    const scenario = await killedBefore("journal.append step-outcome retire-1");
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("finishes it, and keeps the version that is named from being pruned by that", async () => {
    const keeping = { config: aConfig({ releases: { keep: 2 } }) };
    const live = ["v1", "v2", "v3"];
    const scenario = await killedBefore(
      "journal.append step-outcome promote-1",
      (one) => one.deploy("v4"),
      live,
      keeping,
    );
    expect(await scenario.rollback("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("leaves users where they are where there was no version before it", async () => {
    const scenario = await killedBefore("journal.append step-intent promote-1", (one) => one.deploy("v1"), []);
    expect(await codeOf(scenario.rollback())).toBe("NOTHING_TO_ROLL_BACK 10");
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("says that a person is needed where it cannot be undone, and goes no further", async () => {
    const scenario = await killedBefore(inBake);
    scenario.world.calls.fault = ({ name }) =>
      name.startsWith("router.setRouting") ? new SluiceError("DOOR_FAILED", "the door does not answer") : undefined;
    expect(await scenario.rollback()).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: { tag: "v2" } });
    scenario.world.restart();
    expect(await scenario.rollback()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

it("killed anywhere, the rollback that comes next leads to the version before, and never further", async () => {
  const { broken } = await killEverywhere({
    given: async () => {
      const scenario = aScenario();
      for (const tag of ["v0", "v1"]) await scenario.deploy(tag);
      return scenario;
    },
    when: (scenario) => scenario.deploy("v2"),
    next: (scenario) => scenario.rollback(),
    holds: (scenario) => {
      const isOnRecord = scenario.world.state.records.some(({ tag }) => tag === "v2");
      return serves(scenario, isOnRecord ? "v1" : "v0");
    },
    step: 5,
  });
  expect(broken).toEqual([]);
}, 30_000);

describe.each([
  ["a rollback", (scenario: Scenario) => scenario.rollback()],
  ["a deployment of the release before", (scenario: Scenario) => scenario.deploy("v1")],
])("going back once more after %s that was cut short", (_title, back) => {
  const releases = ["v0", "v1", "v2"];

  it("after its cutover finishes it, and stops where it led", async () => {
    const scenario = await killedBefore("journal.append step-intent promote-1", back, releases);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("before its cutover tries it again", async () => {
    const scenario = await killedBefore("router.setRouting", back, releases);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is all that was wanted where it went live while one waited for the lock", async () => {
    const scenario = await killedBefore("journal.append step-intent promote-1", back, releases);
    const asked = await whenAsked(scenario.world.ports().journal);
    await scenario.recover("finish");
    expect(await scenario.rollback(undefined, asked)).toMatchObject({ outcome: "nothing-to-do" });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v0" } });
  });

  it("is tried again where it was taken back while one waited for the lock", async () => {
    const scenario = await killedBefore(atTenPercent, back, releases);
    const asked = await whenAsked(scenario.world.ports().journal);
    await scenario.recover("undo");
    expect(await scenario.rollback(undefined, asked)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  });
});

describe("who waits for their turn while others go back, too,", () => {
  const askedAt = ({ world }: Scenario) => whenAsked(world.ports().journal);

  async function given(): Promise<Scenario> {
    const scenario = aScenario({ config });
    for (const tag of ["v0", "v1", "v2"]) await scenario.deploy(tag);
    scenario.world.restart();
    return scenario;
  }

  it("finds users back, and goes no further", async () => {
    const scenario = await given();
    const asked = await askedAt(scenario);
    await scenario.rollback(undefined, asked);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    for (const one of [asked, asked]) {
      expect(await scenario.rollback(undefined, one)).toMatchObject({ outcome: "nothing-to-do" });
    }
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    // Whoever asks from here on is out of `v1`.
    expect(await scenario.rollback(undefined, await askedAt(scenario))).toMatchObject({ serving: { tag: "v0" } });
  });

  it("finds them back also where it was a deployment of the release before, or one failed after it", async () => {
    const scenario = await given();
    const asked = await askedAt(scenario);
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v3", { exits: ["worker"] });
    await scenario.deploy("v3");
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    await scenario.rollback(undefined, asked);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("finds them back from what was under way, though that went live first", async () => {
    const scenario = await killedBefore(inBake, (one) => one.deploy("v2"));
    const asked = await askedAt(scenario);
    await scenario.recover("finish");
    await scenario.rollback(undefined, asked);
    expect(await scenario.rollback(undefined, asked)).toMatchObject({ outcome: "nothing-to-do" });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });
});

it("a way back to a release that was named is tried again, though another was live before the one that serves", async () => {
  const back = (scenario: Scenario) => scenario.rollback("v0");
  const scenario = await killedBefore("router.setRouting", back, ["v0", "v1", "v2"]);
  const plan = await foreseeRollback(scenario.rollbackRequest(), scenario.world.ports());
  expect(plan.release?.bundle.tag).toBe("v0");
  expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v0" } });
  expect(reached(scenario)).toEqual({ web: ["v0"] });
  expect(await problemsOf(scenario)).toEqual([]);
});

it("what going back would only undo is foreseen, and changes nothing", async () => {
  const scenario = await killedBefore(atTenPercent);
  const { world } = scenario;
  const request = {
    stack: world.state.stack,
    homeId: "home",
    previewSecret: "secret of the preview",
    config,
    project: aProject({ services: shopServices }),
    actor: "ada",
    reason: "orders fail",
    release: aRequest("v2"),
  };
  const ports = world.ports();
  const undo = await prepareUndo(request, ports);
  expect(undo).toMatchObject({ plan: { kind: "rollback" }, release: { bundle: { tag: "v1" } } });
  expect(undo?.plan.steps[0]).toMatchObject({
    kind: "shift",
    cause: expect.stringMatching(/^undone: deployment .*v2/),
  });
  expect(undo?.plan.steps.at(-1)?.kind).toBe("build");
  expect((await prepareUndo({ ...request, to: "v1" }, ports))?.plan.steps).toEqual(undo?.plan.steps);
  expect(await prepareUndo({ ...request, to: "v0" }, ports)).toBeNull();
  expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
  world.restart();
  await scenario.rollback();
  expect(await prepareUndo(request, world.ports())).toBeNull();
});

it("what going back would be refused for is refused where it is foreseen, too, unless somebody answers for it", async () => {
  const shop = { config: aConfig({ database: { service: "db", rehearsal: "warn" }, rollout: { steps: [10, 100] } }) };
  const failing: RehearsalOutcome = {
    verdict: "warn",
    previous: { result: "fail", why: "status 500" },
    findings: [],
    backup: "backup-1",
    seen: nothingSeen,
  };
  const deployed = (scenario: Scenario) => {
    scenario.world.state.rehearsal = failing;
    return scenario.deploy("v2");
  };
  const scenario = await killedBefore(atTenPercent, deployed, ["v0", "v1"], shop);
  const ports = scenario.world.ports();
  expect(await codeOf(foreseeRollback(scenario.rollbackRequest(), ports))).toBe("DATA_INCOMPATIBLE 10");
  expect(await codeOf(scenario.rollback())).toBe("DATA_INCOMPATIBLE 10");
  // On its way there, users would be led to the one before it.
  expect(await codeOf(foreseeRollback(scenario.rollbackRequest("v0"), ports))).toBe("DATA_INCOMPATIBLE 10");
  expect(await codeOf(scenario.rollback("v0"))).toBe("DATA_INCOMPATIBLE 10");
  const answered = { acceptIncompatible: true };
  const { release } = await foreseeRollback(scenario.rollbackRequest(undefined, answered), ports);
  expect(release?.bundle.tag).toBe("v1");
  expect(await scenario.rollback(undefined, answered)).toMatchObject({
    outcome: "interrupted",
    serving: { tag: "v1" },
    reason: expect.stringMatching(/; accepted that v1 does not run on the migrated data$/),
  });
});

it("a way back that is left with users at both releases is no end of it where that is accepted", () => {
  const left = (share: number) => {
    const result = { outcome: "needs-person", serving: { share } } as unknown as DeploymentResult;
    return isBack("same", { action: "leave", result }, null, { end: null });
  };
  expect([left(50), left(100)]).toEqual([false, true]);
});
