import { describe, expect, it } from "vitest";
import type { DoorRouting } from "../../model/door.ts";
import { aContainer, aDoor, aService, aSlot, aStack } from "../../testing/index.ts";
import { liveSlot, warmRelease } from "./live-slot.ts";

const live = { slot: "blue", release: "r-1" } as const;
const services = [aService("web"), aService("admin")];
const stack = aStack({ services, live, warm: "r-0" });
const withRoutings = (web: DoorRouting | null, admin: DoorRouting | null) => ({
  ...stack,
  doors: { web: aDoor("web", web), admin: aDoor("admin", admin) },
});
const to = (stable: DoorRouting["stable"], share = 0): DoorRouting => ({ stable, share, salt: 0 });

describe("the live slot", () => {
  it.each([
    ["the stable one", to("blue"), to("blue"), { slot: "blue", release: "r-1", share: 100 }],
    ["the stable one while shares move", to("blue", 95), to("blue", 5), { slot: "blue", release: "r-1", share: 5 }],
    [
      "the stable one when only one door gave everything away",
      to("blue", 100),
      to("blue", 50),
      { slot: "blue", share: 0 },
    ],
    ["the other when every door gives it everything", to("blue", 100), to("blue", 100), { slot: "green", share: 100 }],
    [
      "the same for a door that is promoted and one that is not yet",
      to("green"),
      to("blue", 100),
      { slot: "green", share: 100 },
    ],
    ["the same the other way round", to("blue", 100), to("green"), { slot: "green", share: 100 }],
    ["told by the doors that lead somewhere", to("blue"), to(null), { slot: "blue", share: 100 }],
    ["none when no door leads anywhere", to(null), to(null), null],
    ["told by the door that answers", null, to("green"), { slot: "green", share: 100 }],
  ] as const)("is %s", (_title, web, admin, expected) => {
    expect([liveSlot(withRoutings(web, admin))]).toMatchObject([expected]);
  });

  describe("where a door runs that nobody comes to", () => {
    const dark = (routing: DoorRouting) => aDoor("web", routing, { state: "outdated", isUnreached: true });
    const first = aStack({ services, live, doors: { web: dark(to("green", 100)) } });

    it("is none while what plain Compose ran is still there, whose port that door was made to take", () => {
      expect(liveSlot({ ...first, plain: [aContainer("web")] })).toBeNull();
      expect(liveSlot({ ...first, plain: [aContainer("web", { state: "exited" })] })).toBeNull();
    });

    it("is told by that door where it was cut off, whatever plain Compose has started beside it", () => {
      expect(liveSlot(first)).toMatchObject({ slot: "blue", release: "r-1" });
      expect(liveSlot({ ...first, plain: [aContainer("worker")] })).toMatchObject({ slot: "blue" });
      const proven = { ...first, doors: { web: dark(to("blue")) } };
      expect(liveSlot({ ...proven, plain: [aContainer("web")] })).toMatchObject({ slot: "blue", share: 100 });
    });

    it("is told by a door that users come to, if there is one", () => {
      const doors = { web: dark(to("blue", 100)), admin: aDoor("admin", to("blue")) };
      expect(liveSlot({ ...stack, doors })).toMatchObject({ slot: "blue", share: 100 });
    });
  });

  it("of a stack without doors is the one that runs", () => {
    expect(liveSlot(aStack({ services, live, doors: {} }))).toMatchObject({ slot: "blue", release: "r-1" });
    expect(liveSlot(aStack())).toBeNull();
  });

  it("of a stack without doors is none where who served last was all in base: what runs is left over", () => {
    const silent = aStack({ services, live, doors: {} });
    expect(liveSlot({ ...silent, remembered: { slot: null, release: "r-2" } })).toBeNull();
    expect(liveSlot({ ...stack, remembered: { slot: null, release: "r-2" } })).toMatchObject({ slot: "blue" });
  });

  it("is only remembered where both run and no door can tell", () => {
    const silent = { ...stack, doors: {} };
    const remembered = { slot: "green", release: "r-0" } as const;
    expect(liveSlot(silent)).toBeNull();
    expect(liveSlot({ ...silent, remembered })).toMatchObject({ slot: "green", release: "r-0" });
    expect(liveSlot({ ...silent, remembered: { ...remembered, release: "r-9" } })).toBeNull();
    expect(liveSlot({ ...stack, remembered })).toMatchObject({ slot: "blue" });
  });

  it("is the one whose workers run where both run and nobody remembers", () => {
    const worker = (state: "running" | "exited") => aContainer("worker", { state });
    const withWorkers = (blue: "running" | "exited", green: "running" | "exited") => ({
      ...stack,
      doors: {},
      slots: {
        blue: { ...stack.slots.blue, containers: [...stack.slots.blue.containers, worker(blue)] },
        green: { ...stack.slots.green, containers: [...stack.slots.green.containers, worker(green)] },
      },
    });
    expect(liveSlot(withWorkers("running", "exited"))).toMatchObject({ slot: "blue" });
    expect(liveSlot(withWorkers("exited", "running"))).toMatchObject({ slot: "green" });
    expect(liveSlot(withWorkers("exited", "exited"))).toBeNull();
    expect(
      liveSlot({ ...withWorkers("running", "exited"), remembered: { slot: "green", release: "r-0" } }),
    ).toMatchObject({ slot: "green" });
  });
});

describe("a warm release", () => {
  const withIdle = (containers: ReturnType<typeof aContainer>[]) => ({
    ...stack,
    slots: { ...stack.slots, green: { ...aSlot("green", "r-0"), containers } },
  });
  it("runs all its web services in the idle slot", () => {
    expect(warmRelease(stack, services)).toBe("r-0");
    expect(warmRelease(aStack({ services, live }), services)).toBeNull();
    expect(warmRelease(stack, [aService("worker", { role: "worker" })])).toBeNull();
    expect(warmRelease(withIdle([aContainer("web", { release: "r-0" })]), services)).toBeNull();
  });
  it.each([{ state: "exited" as const }, { health: "unhealthy" as const }])(
    "is none when one of its containers is $state$health",
    (overrides) => {
      const containers = [aContainer("web"), aContainer("admin", overrides)];
      expect(warmRelease(withIdle(containers), services)).toBeNull();
    },
  );
  it("has a container for each worker, which need not run, and for each replica", () => {
    const wanted = [aService("web", { replicas: 2 }), aService("worker", { role: "worker" })];
    const [first, second] = [aContainer("web", { id: "1" }), aContainer("web", { id: "2" })];
    const worker = aContainer("worker", { state: "exited" });
    expect(warmRelease(withIdle([first, second, worker]), wanted)).toBe("r-0");
    expect(warmRelease(withIdle([first, second]), wanted)).toBeNull();
    expect(warmRelease(withIdle([first, worker]), wanted)).toBeNull();
    expect(warmRelease(withIdle([first, second, { ...worker, state: "dead" }]), wanted)).toBeNull();
  });
  it("is none where one of its containers is cut off from a network, unlike what serves", () => {
    const cutOff = (slot: "blue" | "green", service: string) => ({
      ...stack,
      cutOff: [{ slot, service, container: `shop-${slot}-${service}-1`, networks: ["shop-jobs"] }],
    });
    expect(warmRelease(cutOff("green", "web"), services)).toBeNull();
    expect(warmRelease(cutOff("blue", "web"), services)).toBe("r-0");
    expect(warmRelease(cutOff("green", "gone"), services)).toBe("r-0");
  });
  it("needs no container of jobs, of base, and of what is not active", () => {
    const others = [
      aService("job", { role: "job" }),
      aService("db", { role: "data" }),
      aService("seldom", { active: false }),
    ];
    expect(warmRelease(stack, [...services, ...others])).toBe("r-0");
  });
});
