import { type Slot, SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

describe("a deployment of what is live already", () => {
  it.each(["warm", "stopped"] as const)("makes a worker again that is gone, where the previous is %s", async (keep) => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const { containers } = scenario.world.state;
    const [worker] = [...containers.values()].filter(({ place, service }) => place === "green" && service === "worker");
    containers.delete(worker?.id ?? "");
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: "green" } });
    const { log } = scenario.world.calls;
    const changes = log.filter(
      (name) => /^slots\.(?:create|start|stop|remove|runJob) /.test(name) && !/networks/.test(name),
    );
    expect(changes).toEqual(expect.arrayContaining(["slots.create worker in green", "slots.start worker of green"]));
    expect(changes.filter((name) => name.includes("web") || name.includes("blue"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it.each([
    { what: "was taken from its networks", service: "web", harm: { cutOffFrom: ["shop-green_default"] } },
    { what: "is paused", service: "web", harm: { state: "paused" } },
    { what: "is paused", service: "worker", harm: { state: "paused" } },
  ] as const)("has a $service that $what go on where it is, and makes nothing anew", async ({ service, harm }) => {
    const scenario = await aLiveRelease();
    const { world } = scenario;
    // Nobody is served until somebody looks.
    if (service === "web") world.state.gaps.add("web");
    Object.assign(containerOf(scenario, service), harm);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: "green" } });
    expect(containerOf(scenario, service)).toMatchObject({ state: "running", health: "healthy" });
    const changed = world.calls.log.filter((name) => /^slots\.(?:create|stop|remove) (?!networks)/.test(name));
    expect(changed).toEqual([]);
    world.state.gaps.clear();
    expect(serves(scenario, "v2")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("has failed where the door does not reach what was put right", async () => {
    const scenario = await aLiveRelease();
    const { calls, state } = scenario.world;
    state.gaps.add("web");
    containerOf(scenario, "web").state = "exited";
    calls.fault = ({ name }) =>
      name === "router.waitServers door web at green"
        ? new SluiceError("NOT_READY", "the door reaches 0 of 1 servers")
        : undefined;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", error: { code: "NOT_READY" } });
  });

  it("asks no door that is made anew afterwards", async () => {
    const scenario = await aLiveRelease();
    const { calls, state } = scenario.world;
    state.gaps.add("web");
    containerOf(scenario, "web").state = "exited";
    expect(await scenario.deploy("v2", { replaceDoors: true })).toMatchObject({ outcome: "live" });
    expect(calls.log.filter((name) => name === "router.waitServers door web at green")).toEqual([]);
  });

  it("shows what the slot that serves wrote, where it does not come up again", async () => {
    const scenario = await aLiveRelease();
    const { behaviours, events, state } = scenario.world;
    state.gaps.add("web");
    const web = containerOf(scenario, "web");
    web.state = "exited";
    behaviours.set("v2", { exits: ["web"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", error: { code: "START_FAILED" } });
    const shown = events.flatMap((event) => (event.type === "output-line" ? [event.source] : []));
    expect(shown).toContain(web.name);
    expect(shown.filter((name) => name.includes("blue"))).toEqual([]);
  });

  it("makes its door anew for the slot that serves", async () => {
    const scenario = await aLiveRelease();
    const { world } = scenario;
    const ports = world.ports();
    const asked: Slot[] = [];
    const addresses: typeof ports.doors.addresses = (model, service, slot) => {
      asked.push(slot);
      return ports.doors.addresses(model, service, slot);
    };
    world.ports = () => ({ ...ports, doors: { ...ports.doors, addresses } });
    expect(await scenario.deploy("v2", { replaceDoors: true })).toMatchObject({ outcome: "live" });
    expect(new Set(asked)).toEqual(new Set(["green"]));
    expect(serves(scenario, "v2")).toEqual([]);
  });
});

/** v1 in blue, v2 in green. */
async function aLiveRelease(): Promise<Scenario> {
  const scenario = aScenario();
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  scenario.world.restart();
  return scenario;
}

function containerOf({ world }: Scenario, wanted: string) {
  const all = [...world.state.containers.values()];
  const found = all.find(({ place, service }) => place === "green" && service === wanted);
  if (!found) throw new Error(`no ${wanted} in green`);
  return found;
}
