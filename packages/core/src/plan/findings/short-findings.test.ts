import { aContainer, aDoor, aService, aStack } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { shortFindings } from "./short-findings.ts";

const services = [aService("web", { replicas: 2 }), aService("worker", { role: "worker" })];
const stack = aStack({ services, live: { slot: "blue", release: "r-1" }, warm: "r-0" });
const twice = [aContainer("web", { id: "1" }), aContainer("web", { id: "2" })];
const withLive = (containers: typeof twice, doors = stack.doors) =>
  shortFindings({ ...stack, doors, slots: { ...stack.slots, blue: { ...stack.slots.blue, containers } } }, services);

describe("of the slot that serves", () => {
  it("nothing is told while all of it runs, whatever is stopped in the other one, nor before a first deployment", () => {
    expect(withLive([...twice, aContainer("worker")])).toEqual([]);
    expect(shortFindings(aStack({ services }), services)).toEqual([]);
  });

  it("what is gone is told, and what brings it back", () => {
    expect(withLive(twice)).toEqual([
      {
        severity: "warn",
        code: "service-short",
        service: "worker",
        message: "worker runs in 0 of 1 containers in slot blue, which serves: 1 gone",
        hint: "sluice deploy of the release that serves brings back what is missing, and touches nothing that runs; at any time: sluice rollback r-1",
      },
    ]);
  });

  it("one without any container is told once, with both ways out", () => {
    expect(withLive([])).toMatchObject([
      { severity: "error", code: "slot-gone", unserved: "down", hint: expect.stringContaining("sluice rollback TAG") },
    ]);
  });

  it("a web service of which nothing runs is an error, also while some of it is there", () => {
    const down = twice.map((one, index) => ({
      ...one,
      state: index === 0 ? ("exited" as const) : ("paused" as const),
    }));
    const severities = (containers: typeof twice) =>
      withLive(containers).map(({ severity, service, unserved = "" }) => `${severity} ${service} ${unserved}`.trim());
    expect(severities([...down, aContainer("worker")])).toEqual(["error web down"]);
    expect(severities([aContainer("worker")])).toEqual(["error web down"]);
    expect(severities([...twice.slice(0, 1), ...down.slice(1)])).toEqual(["warn web", "warn worker"]);
  });

  it("what is down is told with where it says why", () => {
    const killed = aContainer("web", {
      id: "2",
      name: "shop-blue-web-2",
      state: "exited",
      oomKilled: true,
      memoryLimit: 67_108_864,
    });
    expect(withLive([...twice.slice(0, 1), killed, aContainer("worker")])).toMatchObject([
      {
        service: "web",
        message:
          "web runs in 1 of 2 containers in slot blue, which serves: shop-blue-web-2 is exited, killed for memory (its limit is 64 MiB)",
        hint: expect.stringMatching(/docker logs --tail 50 shop-blue-web-2$/),
      },
    ]);
  });

  it("what is paused or cut off is told, and what lets it go on", () => {
    const paused = aContainer("web", { id: "2", name: "shop-blue-web-2", state: "paused" });
    const cutOff = [
      { slot: "blue", service: "worker", container: "shop-worker-1", networks: ["shop-blue_default", "theirs"] },
      { slot: "green", service: "web", container: "shop-green-web-1", networks: ["shop-green_default"] },
    ] as const;
    const containers = [...twice.slice(0, 1), paused, aContainer("worker")];
    const slots = { ...stack.slots, blue: { ...stack.slots.blue, containers } };
    const next =
      "sluice deploy of the release that serves brings back what is missing, and touches nothing that runs; at any time: sluice rollback r-1";
    expect(shortFindings({ ...stack, slots, cutOff }, services)).toMatchObject([
      {
        message: "web runs in 1 of 2 containers in slot blue, which serves: shop-blue-web-2 is paused",
        hint: `${next}; at once: docker unpause shop-blue-web-2`,
      },
      {
        message:
          "worker can work in 0 of 1 containers in slot blue, which serves: shop-worker-1 is cut off from shop-blue_default, theirs",
        hint: next,
      },
    ]);
  });

  it.each([
    { what: "by the door", isUnlinked: true, said: { severity: "error", unserved: "unreached" } },
    { what: "by what it needs alone", isUnlinked: false, said: { severity: "warn" } },
  ])("what is not reached any more $what is told as that", ({ isUnlinked, said }) => {
    const containers = [aContainer("web", { name: "shop-web-1" }), aContainer("worker")];
    const slots = { ...stack.slots, blue: { ...stack.slots.blue, containers } };
    const networks = ["shop-blue_link_default"];
    const cutOff = [{ slot: "blue", service: "web", container: "shop-web-1", networks, isUnlinked }] as const;
    const [finding, ...others] = shortFindings({ ...stack, slots, cutOff }, services);
    expect(finding).toMatchObject({ code: "service-short", service: "web", ...said });
    expect([finding?.unserved, others]).toEqual([said.unserved, []]);
  });

  it("nothing is told before a door leads there for good: a first deployment is starting it, or was", () => {
    const first = aStack({ services, live: { slot: "blue", release: "r-1" } });
    const starting = { ...first.slots, blue: { ...first.slots.blue, containers: twice } };
    expect(shortFindings({ ...first, slots: starting, doors: {} }, services)).toEqual([]);
    expect(shortFindings({ ...first, slots: starting }, services)).toHaveLength(1);
  });

  it("nothing is told while users move: workers start only once all of them have", () => {
    expect(withLive(twice, { web: aDoor("web", { stable: "green", share: 100, salt: 0 }) })).toEqual([]);
  });
});
