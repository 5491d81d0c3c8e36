import type { ObservedContainer } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const noBake = aConfig({ rollout: { bake: "0s" } });
const crashed = { state: "exited", exitCode: 1 } as const;
const looping = { restartCount: 2 } as const;

/** What becomes of workers in a place once an effect of the world comes. */
function whenItComes({ world }: Scenario, effect: string, place: string, changes: Partial<ObservedContainer>): void {
  let isDone = false;
  world.calls.fault = ({ name }) => {
    if (isDone || !name.startsWith(effect)) return undefined;
    isDone = true;
    for (const one of world.state.containers.values())
      if (one.facts.role === "worker" && one.place === place) Object.assign(one, changes);
    return undefined;
  };
}

async function begun(config = noBake): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

const workingIn = ({ world }: Scenario) =>
  [...world.state.containers.values()].flatMap(({ facts, place, state }) =>
    facts.role === "worker" && state === "running" ? [place] : [],
  );
const findingsOf = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));

describe("a worker that became ready and died since", () => {
  it.each([
    ["has exited", crashed, "exited with code 1"],
    ["is restarted by the engine", looping, "ended and was restarted (2 times)"],
    ["is unhealthy", { health: "unhealthy" }, "is unhealthy"],
  ] as const)("and %s keeps its release from being promoted", async (_title, changes, what) => {
    const scenario = await begun();
    whenItComes(scenario, "router.drain", "green", changes);
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "rolled-back",
      exitCode: 21,
      serving: { tag: "v1" },
      error: { code: "CHECK_FAILED", message: expect.stringContaining(what) },
    });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(workingIn(scenario)).toEqual(["blue"]);
    expect(await problemsOf(scenario)).toEqual([]);
    const v2 = [...scenario.world.state.bundles.values()].find(({ bundle }) => bundle.tag === "v2");
    expect(v2?.bundle.broken).toMatchObject({ reason: expect.stringContaining("workers run") });
  });

  it("is found while the release bakes, and not at its end", async () => {
    const scenario = await begun(aConfig({ rollout: { bake: "10m" } }));
    whenItComes(scenario, "router.drain", "green", looping);
    const from = scenario.world.clock.now().getTime();
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "rolled-back",
      error: { code: "ANALYSIS_FAILED", message: expect.stringContaining("workers run: ") },
    });
    expect(scenario.world.clock.now().getTime() - from).toBeLessThan(5 * 60_000);
    expect(workingIn(scenario)).toEqual(["blue"]);
  });

  it("is found in base, too", async () => {
    const services = shopServices.map((one) =>
      one.role === "worker" ? { ...one, strategy: "recreate" as const } : one,
    );
    const scenario = aScenario({ services, config: noBake });
    await scenario.deploy("v1");
    scenario.world.restart();
    whenItComes(scenario, "router.drain", "base", looping);
    expect(await scenario.deploy("v2", { images: { worker: "sha256:new" } })).toMatchObject({
      outcome: "rolled-back",
      error: { code: "CHECK_FAILED" },
    });
  });

  it("is told on the way back, which it must not be in the way of", async () => {
    const scenario = await begun();
    await scenario.deploy("v2");
    scenario.world.restart();
    whenItComes(scenario, "router.drain", "blue", crashed);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v1" } });
    expect(findingsOf(scenario)).toContainEqual({
      severity: "warn",
      code: "workers-down",
      message: expect.stringMatching(/^workers of v1: shop-blue-worker-\d+ exited with code 1$/),
      hint: expect.stringContaining("sluice logs worker"),
    });
  });

  it("is told on a cold way back, which bakes", async () => {
    const scenario = await begun(aConfig({ rollout: { bake: "10m", keep: "removed" } }));
    await scenario.deploy("v2");
    scenario.world.restart();
    whenItComes(scenario, "router.drain", "blue", crashed);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(findingsOf(scenario)).toContainEqual(expect.objectContaining({ code: "workers-down" }));
  });
});

it("a worker that died is told of where a person has its release go on all the same", async () => {
  const scenario = await begun(aConfig({ rollout: { bake: "1m", onFail: "pause" } }));
  whenItComes(scenario, "router.drain", "green", crashed);
  const push = scenario.world.events.push.bind(scenario.world.events);
  scenario.world.events.push = (event) => {
    const length = push(event);
    if (event.type === "step-progress" && event.text.includes("paused by sluice: workers run: "))
      void scenario.world.order("resume");
    return length;
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  expect(findingsOf(scenario)).toContainEqual(expect.objectContaining({ code: "workers-down" }));
});

it("a worker that was restarted before it became ready, and one that ran once, are promoted", async () => {
  const scenario = await begun();
  whenItComes(scenario, "slots.waitReady worker of green", "green", { restartCount: 5 });
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  const once = [aService("web"), aService("warm-up", { role: "worker", runsOnce: true })];
  scenario.world.restart();
  whenItComes(scenario, "router.drain", "blue", { state: "exited", exitCode: 0 });
  expect(await scenario.deploy("v3", { services: once })).toMatchObject({ outcome: "live" });
});
