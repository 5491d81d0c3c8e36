import { SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";

const config = aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] } });
/** Only the project's own services come to it. */
const inside = (name: string) => aService(name, { ports: [] });
const before = [...shopServices, inside("api")];
const after = [...shopServices, inside("core")];

async function aStackWithApi(): Promise<Scenario> {
  const scenario = aScenario({ config, services: before });
  await scenario.deploy("v1");
  scenario.world.restart();
  deployed.set(scenario, scenario.world.calls.log.length);
  return scenario;
}

const deployed = new WeakMap<Scenario, number>();

const steps = /^(?:base\.rereadNames|router\.setRouting door (?:api|core)|doors\.remove door api)/;
const told = (scenario: Scenario) =>
  scenario.world.calls.log.slice(deployed.get(scenario)).filter((name) => steps.test(name));

it("a proxy of the project learns the new name when users are led to it, and the old one goes after that", async () => {
  const scenario = await aStackWithApi();
  expect(await scenario.deploy("v2", { services: after })).toMatchObject({ outcome: "live" });
  const calls = told(scenario);
  const first = calls.findIndex((name) => name.startsWith("base.rereadNames"));
  expect(calls.slice(0, first)).toEqual(["router.setRouting door core", "router.setRouting door core"]);
  expect(calls.slice(first + 1)).toContain("router.setRouting door api");
});

it("a release that fails before that has not touched what the proxy leads to", async () => {
  const scenario = await aStackWithApi();
  const failed = new SluiceError("CHECK_FAILED", "check never: no");
  scenario.world.calls.fault = ({ name }) => (name === "journal.append step-intent verify-1" ? failed : undefined);
  expect(await scenario.deploy("v2", { services: after })).toMatchObject({ outcome: "failed" });
  expect(told(scenario).filter((name) => name.startsWith("base.rereadNames"))).toEqual([]);
});

it("a door that was lost has another address, which is told at once", async () => {
  const scenario = await aStackWithApi();
  const { doors } = scenario.world.state;
  for (const [id, { service }] of doors) if (service === "api") doors.delete(id);
  expect(await scenario.deploy("v2", { services: before })).toMatchObject({ outcome: "live" });
  expect(told(scenario)[0]).toMatch(/^base\.rereadNames/);
});

it("a new door that dies as users are led to it is no reason to leave the candidate there", async () => {
  const scenario = await aStackWithApi();
  const { calls, state } = scenario.world;
  calls.fault = ({ name }) => {
    if (name !== "journal.append step-intent shift-2") return undefined;
    return () => {
      for (const door of state.doors.values()) if (door.service === "core") door.running = false;
    };
  };
  const ended = await scenario.deploy("v2", { services: after });
  expect(ended).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
  expect([...state.doors.values()].map(({ service }) => service).toSorted()).toEqual(["api", "web"]);
  expect([...state.containers.values()].filter(({ place }) => place === "green")).toEqual([]);
});

it("a release that fails as it is promoted has its new name closed after the proxy leads to the old one again", async () => {
  const proxy = aService("proxy", { role: "edge", ports: [{ published: 80, target: 80, protocol: "tcp" }] });
  const scenario = aScenario({ config });
  await scenario.deploy("v1", { services: [...before, proxy], files: { proxy: "to api" } });
  scenario.world.restart();
  const { calls } = scenario.world;
  let isPromoted = false;
  let hasFailed = false;
  calls.fault = ({ name }) => {
    isPromoted ||= name === "journal.append step-intent promote-1";
    if (!isPromoted || hasFailed || !name.startsWith("router.waitServers")) return undefined;
    hasFailed = true;
    return new SluiceError("NOT_READY", "core does not answer");
  };
  const v2 = { services: [...after, proxy], files: { proxy: "to core" } };
  expect(await scenario.deploy("v2", v2)).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
  const undone = calls.log.slice(calls.log.lastIndexOf("journal.append step-intent promote-1"));
  const at = (start: string) => undone.findIndex((name) => name.startsWith(start));
  expect(at("base.up proxy")).toBeGreaterThan(-1);
  const closed = ["router.setRouting door core", "doors.remove door core"].map(at).filter((index) => index >= 0);
  for (const index of closed) expect(index).toBeGreaterThan(at("base.up proxy"));
});

it("a new door that only misses an answer as its users are led back lets their requests end", async () => {
  const scenario = await aStackWithApi();
  const { calls } = scenario.world;
  let isMissed = false;
  calls.fault = ({ name }) => {
    if (name === "router.drain door web at blue") return new SluiceError("ENGINE_FAILED", "it does not drain");
    if (isMissed || name !== "router.routing door core" || !isUndone(scenario)) return undefined;
    isMissed = true;
    return new SluiceError("DOOR_FAILED", "docker exec: timeout");
  };
  const ended = await scenario.deploy("v2", { services: after, config: aConfig({ rollout: { steps: [100] } }) });
  expect(ended).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
  expect(isMissed).toBe(true);
  expect(calls.log).toContain("router.drain door core at green");
});

function isUndone({ world }: Scenario): boolean {
  return world.calls.log.includes("journal.append undo-intent shift-1");
}
