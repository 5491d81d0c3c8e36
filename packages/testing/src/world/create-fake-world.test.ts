import { otherSlot } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aProject, aRelease, aService, Crash, createFakeClock, createFakeWorld } from "../index.ts";

const web = aService("web");

describe("the world in memory", () => {
  it("knows who reaches what, by doors and by containers that are ready", async () => {
    const world = createFakeWorld();
    world.runPlain(aProject({ services: [web] }));
    expect(world.users()).toEqual({ web: { plain: 100 } });
    const { slots, doors } = world.ports();
    const release = aRelease("r-1", { services: [web] });
    world.state.bundles.set("r-1", release);
    const common = { stack: "shop", deployment: "d1", services: [web], addresses: {} };
    await slots.create({ ...common, slot: "blue", release });
    await slots.start("shop", "blue", ["web"]);
    const routing = { stable: otherSlot("blue"), share: 100, salt: 0 };
    const proxyProtocol = { in: false, out: false };
    const spec = { stack: "shop", service: "web", listen: [{ port: 3000, target: 3000 }], proxyProtocol } as never;
    const request = { spec, files: [], routing, image: "door", model: release.model, deployment: "d1" };
    await expect(doors.ensure(request)).rejects.toThrow("port 8080 is taken");
    const plain = [...world.state.containers.values()].filter(({ place }) => place === "plain").map(({ id }) => id);
    await slots.stopPlain(plain, 0);
    await doors.ensure(request);
    expect(world.users()).toEqual({ web: { "r-1": 100 } });
    expect(world.violations).toEqual([]);
  });

  it("complains when users are lost, requests are cut off or a worker runs twice", async () => {
    const world = createFakeWorld();
    const worker = aService("worker", { role: "worker" });
    const services = [web, worker];
    world.runPlain(aProject({ services }));
    const { slots } = world.ports();
    const release = aRelease("r-1", { services });
    const request = { stack: "shop", deployment: "d1", services, addresses: {}, slot: "blue" as const, release };
    await slots.create(request);
    await slots.start("shop", "blue", ["worker"]);
    expect(world.violations).toEqual(["after slots.start worker of blue: worker worker runs twice: in plain and blue"]);
    const [first] = world.state.containers.values();
    await slots.removePlain([first?.id ?? ""]);
    expect(world.violations).toContain("after slots.removePlain web: 100 of 100 users of web are lost");
  });

  it("lets nothing of a killed run happen, not even after a restart", async () => {
    const world = createFakeWorld();
    const killed = world.ports();
    world.calls.fault = ({ index }) => (index === 2 ? "crash" : undefined);
    await killed.journal.append({ type: "one" });
    await expect(killed.journal.append({ type: "two" })).rejects.toThrow(Crash);
    world.restart();
    await expect(killed.journal.append({ type: "three" })).rejects.toThrow(Crash);
    await world.ports().journal.append({ type: "four" });
    expect(world.state.records.map(({ type }) => type)).toEqual(["one", "four"]);
  });
});

it("a run that is killed stands still: no call of it returns, and it waits for no time", async () => {
  const world = createFakeWorld();
  const { journal, clock } = world.ports();
  world.calls.fault = ({ index }) => (index === 2 ? "kill" : undefined);
  const returned: string[] = [];
  const run = async () => {
    await journal.append({ type: "one" });
    returned.push("one");
    await journal.append({ type: "two" }).finally(() => returned.push("two"));
  };
  void run();
  expect(await world.calls.killed).toBe("journal.append two");
  world.restart();
  void clock.sleep(1).finally(() => returned.push("slept"));
  void journal.append({ type: "three" }).finally(() => returned.push("three"));
  const next = world.ports();
  await next.clock.sleep(1_000);
  await next.journal.append({ type: "four" });
  expect(returned).toEqual(["one"]);
  expect(world.state.records.map(({ type }) => type)).toEqual(["one", "four"]);
});

describe("the clock that jumps", () => {
  it("wakes sleepers in order, at once, and lets an abort win", async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(`${name} at ${clock.monotonicMs()}`);
    const never = clock.sleep(1_000, stop.signal).catch(note("aborted"));
    const sleeps = [clock.sleep(3_600_000).then(note("hour")), clock.sleep(5).then(note("soon"))];
    stop.abort(new Error("enough"));
    await Promise.all([never, ...sleeps]);
    expect(order).toEqual(["aborted at 0", "soon at 5", "hour at 3600000"]);
  });
});
