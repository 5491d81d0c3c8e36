import { SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { leaveAllDown, takeEngineAway } from "../../test/support/engine-away.ts";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";

const isPromoted = ({ world }: Scenario) => world.calls.log.includes("journal.append step-outcome promote-1");

async function liveWith(keep: "warm" | "stopped" | "removed"): Promise<Scenario> {
  const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

function down({ world: { state } }: Scenario): readonly string[] {
  return [...state.containers.values()]
    .filter(({ state: is }) => is !== "running")
    .map(({ service, place }) => `${service} in ${place}`);
}

describe("an engine that is restarted when a release is promoted already", () => {
  it.each([
    ["warm", "observer.ping", ["worker in blue"]],
    ["warm", "observer.slotContainers", ["worker in blue"]],
    ["warm", "observer.observe", ["worker in blue"]],
    ["stopped", "slots.stop web", ["web in blue", "worker in blue"]],
    ["removed", "slots.remove web", []],
    ["removed", "slots.remove networks", []],
  ] as const)(
    "where the previous is %s in the end, and leaves all down at %s: what serves runs",
    async (keep, at, stays) => {
      const scenario = await liveWith(keep);
      takeEngineAway(scenario, at, 3, { onReturn: () => leaveAllDown(scenario), from: () => isPromoted(scenario) });
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
      expect(serves(scenario, "v2")).toEqual([]);
      expect(down(scenario)).toEqual(stays);
      expect(scenario.world.leftovers()).toEqual([]);
    },
  );

  it("and leaves down what this release alone has in base: that runs, too", async () => {
    const scenario = await liveWith("warm");
    const services = [...shopServices, aService("search", { role: "support" })];
    takeEngineAway(scenario, "observer.ping", 3, {
      onReturn: () => leaveAllDown(scenario),
      from: () => isPromoted(scenario),
    });
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(down(scenario)).toEqual(["worker in blue"]);
  });

  it("and what runs once has ended well by then: it does not run again, but a database does", async () => {
    const scenario = await liveWith("warm");
    const services = [
      ...shopServices,
      aService("fill", { role: "support", runsOnce: true }),
      aService("store", { role: "data", runsOnce: true }),
    ];
    takeEngineAway(scenario, "observer.ping", 3, {
      onReturn: () => leaveAllDown(scenario),
      from: () => isPromoted(scenario),
    });
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(down(scenario)).toEqual(["worker in blue", "fill in base"]);
  });

  it("between two questions to it, so that nobody saw it away: what serves runs", async () => {
    const scenario = await liveWith("removed");
    scenario.world.calls.fault = ({ name }) => {
      if (!isPromoted(scenario) || !name.startsWith("slots.remove web")) return undefined;
      leaveAllDown(scenario);
      return new SluiceError("ENGINE_FAILED", "the connection was reset");
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
    expect(serves(scenario, "v2")).toEqual([]);
  });

  it("and what serves does not come up again: a person is told, and the next run tries it again", async () => {
    const scenario = await liveWith("removed");
    const { calls } = scenario.world;
    takeEngineAway(scenario, "slots.remove", 3, {
      onReturn: () => leaveAllDown(scenario),
      from: () => isPromoted(scenario),
    });
    const { fault } = calls;
    calls.fault = (call) => {
      const isStart = isPromoted(scenario) && call.name.startsWith("slots.start");
      return fault(call) ?? (isStart ? new SluiceError("START_FAILED", "no room left") : undefined);
    };
    const ended = await scenario.deploy("v2");
    expect(ended).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(ended.reason).toContain("the release does not run: no room left");
    scenario.world.restart();
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2", share: 100 } });
    expect(serves(scenario, "v2")).toEqual([]);
    expect(await problemsOf(scenario).then((all) => all.filter((problem) => !problem.includes("are lost")))).toEqual(
      [],
    );
  });

  it("and does not come back: it is not said to be live", async () => {
    const scenario = await liveWith("removed");
    takeEngineAway(scenario, "slots.remove", Number.POSITIVE_INFINITY, { from: () => isPromoted(scenario) });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: null });
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do", serving: { tag: "v2" } });
  });
});
