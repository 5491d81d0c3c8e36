import type { TrafficCount } from "@sluice/core";
import { aDoor, aStack } from "@sluice/core/testing";
import { aConfig, createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";
import { yearMs } from "../../test/support/skew.ts";
import { measureTraffic } from "./measure-traffic.ts";

const config = aConfig({ rollout: { steps: "auto", bake: "0s" } });

async function shares(scenario: Scenario, tag: string): Promise<readonly unknown[]> {
  await scenario.deploy(tag);
  return scenario.world.events.flatMap((event) =>
    event.type === "share-change" && event.service === "web" ? [event.share] : [],
  );
}

describe("steps: auto", () => {
  it("begins small where users made many requests in the last hour", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    const { world } = scenario;
    const [door] = [...world.state.doors.values()];
    const ago = new Date(world.clock.now().getTime() - 3_600_000).toISOString();
    // The door of the world counts nothing: it is 0 now, so it must have been less than nothing then.
    world.state.counts.push({ at: ago, service: "web", epoch: door?.id ?? "", requests: -6_000_000 });
    world.events.length = 0;
    expect(await shares(scenario, "v2")).toEqual([1, 10, 100]);
    const plan = world.events.find((event) => event.type === "plan");
    expect(plan?.text).toContain("(auto: 100000 requests a minute)");
  });

  it("counts for itself where nobody did: with few requests half of the users come first", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    scenario.world.events.length = 0;
    expect(await shares(scenario, "v2")).toEqual([50, 100]);
    expect(scenario.world.state.counts).toHaveLength(2);
  });
});

describe("wall time that jumps", () => {
  const observed = aStack({
    live: { slot: "blue", release: "r-1" },
    doors: { web: aDoor("web", { stable: "blue", share: 0, salt: 0 }) },
  });

  /** A door that takes 6,000 requests a minute, and says how long it has run where it knows. */
  function aBusyDoor(before: readonly TrafficCount[], knowsUptime: boolean, jumpMs: number) {
    const clock = createFakeClock();
    const noted: TrafficCount[] = [];
    const ports = {
      clock,
      counts: {
        recent: async () => before,
        note: async (counts: readonly TrafficCount[]) => {
          noted.push(...counts);
          clock.skewWall(jumpMs);
        },
      },
      router: {
        traffic: async () => {
          const upMs = 7_200_000 + clock.monotonicMs();
          const slots = { blue: { requests: upMs / 10 }, green: { requests: 0 } };
          return { epoch: "1-7", slots, ...(knowsUptime ? { upMs } : {}) };
        },
      },
    };
    return { noted, measure: () => measureTraffic(observed, ports as never) };
  }

  it.each([-yearMs, -3_600_000, 3_600_000, yearMs])(
    "by %d ms while requests are counted leaves their rate as it is",
    async (jumpMs) => {
      for (const knowsUptime of [true, false]) {
        expect(await aBusyDoor([], knowsUptime, jumpMs).measure()).toBeCloseTo(6_000, 6);
      }
    },
  );

  it("since a count leaves the rate as it is where the door says how long it has run", async () => {
    const hourAgo = { service: "web", epoch: "1-7", requests: 360_000, upMs: 3_600_000 };
    for (const at of ["1999-01-01T00:00:00.000Z", "2025-12-31T23:59:59.000Z", "2040-01-01T00:00:00.000Z"]) {
      const door = aBusyDoor([{ at, ...hourAgo }], true, 0);
      expect(await door.measure()).toBeCloseTo(6_000, 6);
      expect(door.noted).toMatchObject([{ upMs: 7_200_000, requests: 720_000 }]);
    }
  });

  it("never makes a rate of what lies ahead, by whichever clock", async () => {
    const ahead = { at: "2040-01-01T00:00:00.000Z", service: "web", epoch: "1-7", requests: 0 };
    for (const count of [ahead, { ...ahead, upMs: 9_000_000 }]) {
      const door = aBusyDoor([count], "upMs" in count, 0);
      // Counted anew, as nothing that is known counts.
      expect(await door.measure()).toBeCloseTo(6_000, 6);
      expect(door.noted).toHaveLength(2);
    }
  });
});
