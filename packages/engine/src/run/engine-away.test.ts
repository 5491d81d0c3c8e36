import { SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { gone, leaveAllDown, takeEngineAway } from "../../test/support/engine-away.ts";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, shopServices } from "../../test/support/scenario.ts";

describe("an engine that is restarted in the middle of a deployment", () => {
  it.each([
    { at: "slots.start", outcome: "failed" },
    { at: "router.waitServers", outcome: "failed" },
    { at: "slots.stop worker", outcome: "rolled-back" },
    { at: "router.drain", outcome: "rolled-back" },
  ])("is waited for at $at: all is undone, and the end is true", async ({ at, outcome }) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    takeEngineAway(scenario, at, 30);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome, serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    const told = scenario.world.events.filter((event) => event.type === "finding").map(({ finding }) => finding.code);
    expect(told.filter((code) => code === "engine-away")).toHaveLength(1);
  });

  it.each([
    { at: "slots.start", outcome: "failed" },
    { at: "router.waitServers", outcome: "failed" },
    { at: "router.setRouting", outcome: "rolled-back" },
    { at: "slots.stop worker", outcome: "rolled-back" },
    { at: "router.drain", outcome: "rolled-back" },
  ])("and leaves everything down at $at: what ran before runs again", async ({ at, outcome }) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.violations.length = 0;
    takeEngineAway(scenario, at, 3, { onReturn: () => leaveAllDown(scenario) });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome, serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    const { containers } = scenario.world.state;
    const down = [...containers.values()].filter(({ state }) => state !== "running").map(({ name }) => name);
    expect(down).toEqual([]);
    expect(scenario.world.leftovers()).toEqual([]);
  });

  it("and leaves down what only the release before has in base: it runs again", async () => {
    const proxy = aService("proxy", { role: "edge" });
    const scenario = aScenario();
    await scenario.deploy("v1", { services: [...shopServices, proxy] });
    takeEngineAway(scenario, "slots.start", 3, { onReturn: () => leaveAllDown(scenario) });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    const proxies = [...scenario.world.state.containers.values()].filter(({ service }) => service === "proxy");
    expect(proxies.map(({ state }) => state)).toEqual(["running"]);
  });

  it("that was away and back before anybody asked has what ran before running again", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) => {
      if (!name.startsWith("router.waitServers")) return undefined;
      leaveAllDown(scenario);
      return new SluiceError("NOT_READY", "the door does not answer");
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
  });

  it.each([
    ["does not start", new SluiceError("START_FAILED", "its port is taken")],
    ["hangs in its start", "hang"],
  ] as const)("and leaves everything down: what %s in base keeps nothing else down", async (_title, fault) => {
    const services = [...shopServices, aService("mail", { role: "support" })];
    const scenario = aScenario({ services });
    await scenario.deploy("v1");
    takeEngineAway(scenario, "slots.start", 3, { onReturn: () => leaveAllDown(scenario) });
    const { calls, state } = scenario.world;
    const away = calls.fault;
    calls.fault = (call) => away(call) ?? (call.name === "slots.startPlain mail" ? fault : undefined);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    const down = [...state.containers.values()].flatMap((one) => (one.state === "running" ? [] : [one.service]));
    expect(down).toEqual(["mail"]);
  });

  it("is waited for in the middle of the way back, too", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const { calls } = scenario.world;
    takeEngineAway(scenario, "slots.remove", 5);
    const { fault } = calls;
    calls.fault = (call) => fault(call) ?? (call.name.startsWith("slots.waitReady") ? gone() : undefined);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    calls.fault = () => undefined;
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("that does not come back is waited for once, and the next run finds what is to be done", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    const { clock } = scenario.world;
    takeEngineAway(scenario, "slots.start", Number.POSITIVE_INFINITY);
    const before = clock.monotonicMs();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", serving: null });
    expect(clock.monotonicMs() - before).toBeLessThan(120_000);
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});
