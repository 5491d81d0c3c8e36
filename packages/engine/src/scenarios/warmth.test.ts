import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { leaveAllDown, takeEngineAway } from "../../test/support/engine-away.ts";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { coldFinding } from "../prepare/cold-slot.ts";

const mib = 1_048_576;
const scarce = { availableBytes: 60 * mib, totalBytes: 1_024 * mib };
const why = "60 MiB of 1024 MiB memory are available on the engine's machine, 128 MiB are wanted";

const admin = aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] });

/** v1 served, v2 does, and there is little memory. */
async function afterTwo(config = aConfig(), memory: typeof scarce | null = scarce): Promise<Scenario> {
  const scenario = aScenario({ config });
  await scenario.deploy("v1");
  scenario.world.state.memory = memory;
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", exitCode: 0 });
  return scenario;
}
const runningIn = ({ world }: Scenario, slot: string) =>
  [...world.state.containers.values()].filter((one) => one.place === slot && one.state === "running").length;
const progressOf = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));
const findingsOf = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));

async function statusFinding(scenario: Scenario) {
  const ports = scenario.world.ports();
  const observed = await ports.observer.observe(aProject({ services: shopServices }));
  return coldFinding(observed, ports.journal);
}

describe("the version before", () => {
  it("stays warm while there is memory, and where nobody knows", async () => {
    for (const memory of [{ availableBytes: 128 * mib, totalBytes: 1_024 * mib }, null]) {
      const scenario = await afterTwo(aConfig(), memory);
      expect(runningIn(scenario, "blue")).toBeGreaterThan(0);
      expect(progressOf(scenario).join("\n")).not.toContain("memory");
      expect(await statusFinding(scenario)).toBeNull();
    }
  });

  it("is stopped, not removed, where memory is short after the promotion, and the step and its record say why", async () => {
    const scenario = await afterTwo();
    const { state, calls } = scenario.world;
    expect(runningIn(scenario, "blue")).toBe(0);
    expect([...state.containers.values()].some(({ place }) => place === "blue")).toBe(true);
    expect(progressOf(scenario)).toContain(`slot blue is stopped, not kept warm: ${why}`);
    expect(await statusFinding(scenario)).toMatchObject({
      code: "not-warm",
      message: `slot blue was stopped instead of kept warm: ${why}`,
    });
    const at = (name: RegExp) => calls.log.findLastIndex((each) => name.test(each));
    expect(at(/^observer.memory/)).toBeLessThan(at(/^slots.stop web of blue/));
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("stays warm with less where less is wanted, and unasked where nothing is", async () => {
    const least = await afterTwo(aConfig({ rollout: { minFreeMemory: 60 * mib } }));
    expect(runningIn(least, "blue")).toBeGreaterThan(0);
    const never = await afterTwo(aConfig({ rollout: { minFreeMemory: 0 } }));
    expect(runningIn(never, "blue")).toBeGreaterThan(0);
    expect(never.world.calls.log).not.toContain("observer.memory");
  });

  it("stays warm where the machine cannot be asked, and the step says so", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) => (name === "observer.memory" ? new Error("no exec today") : undefined);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(runningIn(scenario, "blue")).toBeGreaterThan(0);
    expect(progressOf(scenario).join("\n")).toMatch(/memory of the engine's machine could not be read/);
  });

  it("is judged by what a door tells that is still there, also where another has just been closed", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", { services: [admin, ...shopServices.filter(({ name }) => name !== "web")] });
    scenario.world.state.memory = scarce;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(progressOf(scenario).join("\n")).not.toContain("could not be read");
    expect(runningIn(scenario, "blue")).toBe(0);
  });

  it("is judged by what the next door tells where one does not", async () => {
    const scenario = aScenario();
    const services = [admin, ...shopServices];
    await scenario.deploy("v1", { services });
    scenario.world.state.memory = scarce;
    let asked = 0;
    const isFirst = (name: string) => name === "observer.memory" && asked++ === 0;
    scenario.world.calls.fault = ({ name }) => (isFirst(name) ? new Error("no exec today") : undefined);
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live" });
    expect(runningIn(scenario, "blue")).toBe(0);
  });

  it("stays down also where the engine is restarted right after, and leaves all down", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.state.memory = scarce;
    const { log } = scenario.world.calls;
    const from = () => log.includes("journal.append step-outcome retire-1");
    takeEngineAway(scenario, "observer.ping", 3, { onReturn: () => leaveAllDown(scenario), from });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(runningIn(scenario, "blue")).toBe(0);
    expect(runningIn(scenario, "green")).toBeGreaterThan(0);
  });

  it("is gone back to by a start then, which says why", async () => {
    const scenario = await afterTwo();
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(findingsOf(scenario)).toContainEqual({
      severity: "info",
      code: "cold-rollback",
      message: `v1 is not warm, as its slot was stopped: ${why}; its containers are started and verified before users are led to them`,
    });
    // What was left is treated alike, and where it is warm there is nothing to say.
    expect((await statusFinding(scenario))?.message).toMatch(/^slot green was stopped/);
    scenario.world.state.memory = null;
    await scenario.deploy("v3");
    expect(await statusFinding(scenario)).toBeNull();
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

it("a version that is not to stay, and could not be stopped, is stopped when what serves is deployed once more", async () => {
  const scenario = aScenario({ config: aConfig({ rollout: { keep: "stopped" } }) });
  await scenario.deploy("v1");
  const { calls } = scenario.world;
  let hasFailed = false;
  calls.fault = ({ name }) => {
    if (hasFailed || !calls.log.includes("journal.append step-intent retire-1") || !name.startsWith("slots.stop"))
      return;
    hasFailed = true;
    return new Error("it does not stop");
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  expect(runningIn(scenario, "blue")).toBeGreaterThan(0);
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
  expect(runningIn(scenario, "blue")).toBe(0);
  const begin = calls.log.length;
  await scenario.deploy("v2");
  expect(calls.log.slice(begin).filter((name) => name.startsWith("slots."))).toEqual([]);
});
