import type { DoorTraffic } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

/** The doors of the scenario say this many servers of each slot are up; without a number they do not say. */
function withServers({ world }: Scenario, up: { readonly blue: number; readonly green: number } | undefined): void {
  const ports = world.ports();
  const traffic: typeof ports.router.traffic = async (door) => {
    if (!up) throw new Error("the door does not answer");
    const said: DoorTraffic = await ports.router.traffic(door);
    const { blue, green } = said.slots;
    return { ...said, slots: { blue: { ...blue, serversUp: up.blue }, green: { ...green, serversUp: up.green } } };
  };
  world.ports = () => ({ ...ports, router: { ...ports.router, traffic } });
}

describe("a deployment that has nothing to do", () => {
  it.each([
    { what: "reaches no server of what serves", up: { blue: 0, green: 1 }, codes: ["no-server-up"] },
    { what: "reaches what serves", up: { blue: 1, green: 0 }, codes: [] },
    { what: "does not say what it reaches", up: undefined, codes: [] },
  ])("tells where a door $what", async ({ up, codes }) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    withServers(scenario, up);
    const { events } = scenario.world;
    const before = events.length;
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    const found = events.slice(before).flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { hint } of found) expect(hint).toContain("docker restart shop-blue-web-");
  });

  it("asks no door where there is something to do", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.restart();
    await scenario.deploy("v1", { replaceDoors: true });
    expect(scenario.world.calls.log.filter((name) => name.startsWith("router.traffic"))).toEqual([]);
  });
});
