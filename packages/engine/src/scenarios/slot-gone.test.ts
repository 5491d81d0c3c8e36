import { SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";

const hourMs = 3_600_000;
const approvedSteps = {
  steps: [
    { share: 50, for: "10m" },
    { share: 100, approval: true },
  ],
  approval: { timeout: "1h" },
};
const approved = aConfig({ rollout: approvedSteps });

function removeContainersOf({ world }: Scenario, tag: string): void {
  const { containers, bundles } = world.state;
  const isOf = (release: string | null) => release !== null && bundles.get(release)?.bundle.tag === tag;
  for (const [id, { release }] of containers) if (isOf(release)) containers.delete(id);
}

/** Doors lead to `v2`, of which nothing is left, neither here nor in the record; `v1` is warm beside it. */
async function besideWarm(): Promise<Scenario> {
  const scenario = aScenario();
  const { world } = scenario;
  await scenario.deploy("v0");
  await scenario.deploy("v1");
  const known = world.state.records.length;
  await scenario.deploy("v2");
  removeContainersOf(scenario, "v2");
  world.state.records.length = known;
  world.restart();
  return scenario;
}

/** What users reach as steps of these kinds begin. */
function watchUsers(scenario: Scenario, kinds: readonly string[]): readonly unknown[] {
  const seen: unknown[] = [];
  const { events } = scenario.world;
  const push = events.push.bind(events);
  events.push = (...more) => {
    if (more.some((event) => event.type === "step-start" && kinds.includes(event.kind))) seen.push(reached(scenario));
    return push(...more);
  };
  return seen;
}

describe("where nothing is left of the slot that users are led to, and the release before runs beside it", () => {
  it("going back leads users to that one, at once", async () => {
    const scenario = await besideWarm();
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1", share: 100 } });
    expect(scenario.world.calls.log.filter((name) => /clear|create|build/.test(name))).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it.each([
    ["a release further back", (scenario: Scenario) => scenario.rollback("v0"), "v0"],
    ["a new release", (scenario: Scenario) => scenario.deploy("v3"), "v3"],
    ["the release that is lost", (scenario: Scenario) => scenario.deploy("v2"), "v2"],
  ] as const)("users are led there before %s is made ready", async (_title, run, tag) => {
    const scenario = await besideWarm();
    const seen = watchUsers(scenario, ["create", "start", "verify"]);
    expect(await run(scenario)).toMatchObject({ outcome: "live", serving: { tag, share: 100 } });
    expect(seen).toEqual(seen.map(() => ({ web: ["v1"] })));
    expect(seen.length).toBeGreaterThan(1);
    expect(reached(scenario)).toEqual({ web: [tag] });
  });
});

describe("the workers of the release before, which were stopped when users left it", () => {
  const workersOf = ({ world }: Scenario) =>
    [...world.state.containers.values()].flatMap(({ service, place, state }) =>
      service === "worker" ? [`${place} ${state}`] : [],
    );

  it("work while a new release is made ready, and after it failed", async () => {
    const scenario = await besideWarm();
    expect(workersOf(scenario)).toEqual(["green exited"]);
    scenario.world.behaviours.set("v3", { failingChecks: ["web runs"] });
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    expect(workersOf(scenario)).toEqual(["green running"]);
  });

  it("are made again where they are gone, and stop before those of the new release start", async () => {
    const scenario = await besideWarm();
    const { containers } = scenario.world.state;
    for (const [id, { service }] of containers) if (service === "worker") containers.delete(id);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(workersOf(scenario)).toEqual(["green exited", "blue running"]);
    expect(scenario.world.violations.filter((text) => text.includes("runs twice"))).toEqual([]);
  });

  it("hold up nothing where they do not start: the new release replaces them", async () => {
    const scenario = await besideWarm();
    const failed = new SluiceError("START_FAILED", "worker is exited (exit code 1)");
    scenario.world.calls.fault = ({ name }) => (name === "slots.start worker of green" ? failed : undefined);
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(told).toContainEqual(
      expect.objectContaining({
        code: "previous-short",
        message: "worker in slot green, where users are, does not run: worker is exited (exit code 1)",
      }),
    );
  });
});

describe("while nobody is served", () => {
  it("a new release has all users as soon as it is proven: nothing is there to hold it against", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    removeContainersOf(scenario, "v1");
    const begunMs = scenario.world.clock.monotonicMs();
    expect(await scenario.deploy("v2", { config: approved })).toMatchObject({
      outcome: "live",
      serving: { tag: "v2" },
    });
    expect(scenario.world.clock.monotonicMs() - begunMs).toBeLessThan(hourMs / 6);
  });
});

describe("going back to a cold release", () => {
  it("waits for nobody, and has the shares of any other", async () => {
    const config = aConfig({ rollout: { ...approvedSteps, keep: "removed" } });
    const scenario = aScenario({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const begunMs = scenario.world.clock.monotonicMs();
    expect(await scenario.rollback(undefined, { config })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(scenario.world.clock.monotonicMs() - begunMs).toBeLessThan(hourMs);
    const shares = scenario.world.events.flatMap((event) => (event.type === "share-change" ? [event.share] : []));
    expect(shares.slice(-2)).toEqual([50, 100]);
  });
});
