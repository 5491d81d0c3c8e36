import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, forgetSettings, type RunParts, type Scenario } from "../../test/support/scenario.ts";

/** What is checked out: a check of `/NAME`, and the same as health path. */
const asks = (name: string): RunParts => ({
  services: [aService("web", { healthPath: `/${name}` }), aService("db", { role: "data" })],
  config: aConfig({
    rollout: { keep: "removed" },
    services: { web: { health: { path: `/${name}` } } },
    checks: [{ http: { path: `/${name}` }, timeout: "2s" }],
  }),
});

/** v2 serves, v1 is cold, and each answers at its own paths only. */
async function aColdRelease(): Promise<Scenario> {
  const scenario = aScenario();
  const { behaviours } = scenario.world;
  behaviours.set("v1", { failingChecks: ["GET /b"] });
  behaviours.set("v2", { failingChecks: ["GET /a"] });
  expect(await scenario.deploy("v1", asks("a"))).toMatchObject({ outcome: "live" });
  expect(await scenario.deploy("v2", asks("b"))).toMatchObject({ outcome: "live" });
  scenario.world.restart();
  return scenario;
}

/** From here on: checks that are asked, and paths that tell whether a start is done. */
function gatesOf({ world }: Scenario) {
  const ports = world.ports();
  const begun = world.calls.log.length;
  const awaited = new Set<string | undefined>();
  const waitReady: typeof ports.slots.waitReady = (request, options) => {
    awaited.add(request.healthPaths?.["web"]);
    return ports.slots.waitReady(request, options);
  };
  world.ports = () => ({ ...ports, slots: { ...ports.slots, waitReady } });
  return () => ({
    asked: [...new Set(world.calls.log.slice(begun).filter((name) => name.startsWith("prober.probe GET")))],
    awaited: [...awaited],
    doors: [...world.state.doors.values()].map(({ spec }) => (JSON.parse(spec) as { healthPath: unknown }).healthPath),
  });
}

const by = (name: string) => ({ asked: [`prober.probe GET /${name}`], awaited: [`/${name}`], doors: [`/${name}`] });

describe("a cold release that is gone back to", () => {
  it("is judged by the checks and the health path that it was deployed with, whatever is checked out", async () => {
    const scenario = await aColdRelease();
    const gates = gatesOf(scenario);
    expect(await scenario.rollback("v1", asks("b"))).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(gates()).toEqual(by("a"));
  });

  it("is judged by the configuration where it was stored by a Sluice that kept neither", async () => {
    const scenario = await aColdRelease();
    forgetSettings(scenario);
    const gates = gatesOf(scenario);
    expect(await scenario.rollback("v1", asks("b"))).toMatchObject({ outcome: "failed" });
    expect(gates().asked).toEqual(by("b").asked);
    expect(gates().awaited).toEqual(by("b").awaited);
  });

  it("is judged by what it was deployed with last", async () => {
    const scenario = await aColdRelease();
    expect(await scenario.deploy("v1", asks("c"))).toMatchObject({ outcome: "live" });
    expect(await scenario.deploy("v2", asks("b"))).toMatchObject({ outcome: "live" });
    scenario.world.restart();
    const gates = gatesOf(scenario);
    expect(await scenario.rollback("v1", asks("b"))).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(gates()).toEqual(by("c"));
  });
});

describe("a stored release that is deployed again", () => {
  it("is judged by what is checked out now", async () => {
    const scenario = await aColdRelease();
    const gates = gatesOf(scenario);
    expect(await scenario.deploy("v1", asks("c"))).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(gates()).toEqual(by("c"));
  });

  it("is so too where its images have to be built again", async () => {
    const scenario = await aColdRelease();
    scenario.world.state.images.delete("sha256:web-v1");
    const gates = gatesOf(scenario);
    expect(await scenario.deploy("v1", asks("c"))).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(gates()).toEqual(by("c"));
  });
});
