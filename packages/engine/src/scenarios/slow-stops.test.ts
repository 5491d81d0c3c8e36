import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const config = aConfig({ rollout: { steps: [100], bake: "1s" } });

/** Does something half a second into a step: what that asked to stop has not stopped yet. */
function during({ world }: Scenario, step: string, run: () => void): void {
  world.slowStopMs = 25_000;
  world.calls.fault = ({ name }) => {
    if (name === `journal.append step-intent ${step}`) void world.clock.sleep(500).then(run);
    return undefined;
  };
}

/** Every stop that somebody has asked for is over by then. */
const untilAllStopped = ({ world }: Scenario) => world.clock.sleep(60_000);

async function withLive(): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

describe("what is being stopped when a deployment goes back", () => {
  it("a worker of the previous runs for good after an abort", async () => {
    const scenario = await withLive();
    during(scenario, "workers-1", () => void scenario.world.order("abort"));
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    await untilAllStopped(scenario);
    expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
  });

  it("and after a deadline", async () => {
    const scenario = await withLive();
    during(scenario, "workers-1", () => undefined);
    scenario.world.slowStopMs = 10 * 60_000;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    await scenario.world.clock.sleep(20 * 60_000);
    expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
  });

  it("and when the deployer was killed, and the next one undoes what it did", async () => {
    const scenario = await withLive();
    const { world } = scenario;
    const recovered = new Promise((resolve, reject) => {
      during(scenario, "workers-1", () => {
        world.restart();
        scenario.recover("undo").then(resolve, reject);
      });
    });
    const killed = scenario.deploy("v2").catch(() => undefined);
    expect(await recovered).toMatchObject({ outcome: "interrupted", serving: { tag: "v1" } });
    await untilAllStopped(scenario);
    await killed;
    expect([...serves(scenario, "v1"), ...(await problemsOf(scenario))]).toEqual([]);
  });

  it("what plain Compose ran serves for good when the first deployment is interrupted", async () => {
    const scenario = aScenario({ config });
    scenario.world.runPlain(aProject({ services: shopServices }));
    const controller = new AbortController();
    during(scenario, "adopt-1", () => controller.abort(new Error("asked to stop")));
    expect(await scenario.deploy("v1", { signal: controller.signal })).toMatchObject({ outcome: "interrupted" });
    await untilAllStopped(scenario);
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    expect([...scenario.world.state.containers.values()].map(({ name, state }) => `${name} ${state}`)).toEqual([
      "shop-plain-web-1 running",
      "shop-plain-worker-2 running",
      "shop-db-1 running",
    ]);
    expect(scenario.world.violations).toEqual([]);
  });
});

describe("what needs almost its whole grace to stop", () => {
  it("gives up its port to the door, one service after the other", async () => {
    const more = ["admin", "shop"].map((name, at) =>
      aService(name, { ports: [{ published: 9_090 + at, target: 3000, protocol: "tcp" }] }),
    );
    const services = [...shopServices, ...more];
    const scenario = aScenario({ config, services });
    scenario.world.runPlain(aProject({ services }));
    scenario.world.slowStopMs = 29_000;
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("ends although the release has no such worker any more", async () => {
    const slow = aService("slow", { role: "worker", stopGraceMs: 5 * 60_000 });
    const services = shopServices.filter(({ role }) => role !== "worker");
    const scenario = aScenario({ config, services: [...services, slow] });
    await scenario.deploy("v1");
    scenario.world.restart();
    scenario.world.slowStopMs = 4 * 60_000;
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});
