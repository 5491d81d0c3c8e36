import { type MissingLink, SluiceError, slots, stackNames } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

it("a candidate that its door has lost is not made the stable one: the previous that answers for it stays", async () => {
  const scenario = aScenario();
  const { calls } = scenario.world;
  await scenario.deploy("v1");
  let hasMoved = false;
  calls.fault = ({ name }) => {
    hasMoved ||= name.startsWith("router.setRouting");
    const lost = hasMoved && name.startsWith("router.waitServers");
    return lost ? new SluiceError("NOT_READY", "the door reaches 0 of 1 servers") : undefined;
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
  expect(serves(scenario, "v1")).toEqual([]);
  expect(await problemsOf(scenario)).toEqual([]);
});

describe("links that a base container loses while a deployment runs", () => {
  const linkOf = (slot: "blue" | "green") => stackNames.link("shop", slot, "default");

  /** From the call with this name on, the database has lost its links to both slots, as when somebody made it anew. */
  function loseLinksAt(scenario: Scenario, wanted: string): void {
    const { world } = scenario;
    const ports = world.ports();
    world.calls.fault = ({ name }) => {
      if (name.startsWith(wanted)) for (const slot of slots) world.state.networks.delete(linkOf(slot));
      return undefined;
    };
    const observe: typeof ports.observer.observe = async (...args) => {
      const observed = await ports.observer.observe(...args);
      const missingLinks = slots.flatMap((slot): MissingLink[] => {
        const isMissing = observed.slots[slot].containers.length > 0 && !world.state.networks.has(linkOf(slot));
        return isMissing ? [{ slot, service: "db", container: "db-1", link: linkOf(slot), aliases: ["db"] }] : [];
      });
      return { ...observed, missingLinks };
    };
    world.ports = () => ({ ...ports, observer: { ...ports.observer, observe } });
  }

  it.each([
    { how: "goes live", fails: undefined, outcome: "live", kept: slots },
    { how: "is undone", fails: "slots.waitReady worker", outcome: "rolled-back", kept: ["blue"] as const },
  ])("are mended before the last word where it $how", async ({ fails, outcome, kept }) => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    loseLinksAt(scenario, "slots.stop worker");
    const { world } = scenario;
    const { fault } = world.calls;
    let isFailing = true;
    world.calls.fault = (call) => {
      if (!isFailing || !fails || !call.name.startsWith(fails)) return fault(call);
      isFailing = false;
      return new SluiceError("NOT_READY", "the worker ended");
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome });
    for (const slot of kept) expect([...world.state.networks]).toContain(linkOf(slot));
    const told = world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
    expect(told).toContain("missing-link");
  });
});

describe("a warm slot of which a network is gone", () => {
  it.each(["web", "worker"])("is made anew before users are led to it, where %s lacks it", async (service) => {
    const scenario = aScenario();
    const { world } = scenario;
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    for (const one of world.state.containers.values()) {
      if (one.place === "blue" && one.service === service) one.cutOffFrom = ["shop-blue_jobs"];
    }
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1", share: 100 } });
    const events = world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(events.find(({ code }) => code === "cold-rollback")?.message).toMatch(/ is cut off from shop-blue_jobs/);
    expect([...world.state.containers.values()].filter(({ cutOffFrom }) => cutOffFrom)).toEqual([]);
    expect(serves(scenario, "v1")).toEqual([]);
    expect(world.violations).toEqual([]);
  });
});
