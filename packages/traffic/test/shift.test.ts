import { slots } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startLoad, startVisits } from "./client.ts";
import { docker } from "./docker.ts";
import { capabilitiesOf, type Door, doorImages, openStage, type Stage } from "./stage.ts";

/** Of all requests, where a driver cannot promise that none is lost. */
const tolerated = 0.005;

describe.each(await doorImages())("a shift at %s", (image) => {
  let stage: Stage;
  let door: Door;
  beforeAll(async () => {
    stage = await openStage(image);
    [door] = await Promise.all([
      stage.startDoor(stage.spec({ replicas: 1 }), { stable: "blue", share: 0, salt: 42 }),
      ...slots.map((slot) => stage.startApp(slot)),
    ]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("to the candidate and back loses no more than the driver says, also of users who keep their connection", async () => {
    const before = await stage.router.traffic(door.name);
    const beganMs = systemClock.monotonicMs();
    const load = startLoad(door.port, 60);
    const visits = startVisits(() => door.port, 20);
    for (const share of [10, 50, 100, 0, 100]) {
      await stage.router.setRouting(door.name, { stable: "blue", share, salt: 42 });
      await systemClock.sleep(500);
    }
    await stage.router.setRouting(door.name, { stable: "green", share: 0, salt: 42 });
    const [loaded, visited] = await Promise.all([load.stop(), visits.stop()]);
    const asked = loaded.asked + visited.asked;
    const lost = [...loaded.lost, ...visited.lost];
    expect(capabilitiesOf(image).losslessShift ? lost : []).toEqual([]);
    expect(lost.length / asked).toBeLessThanOrEqual(tolerated);
    const after = await stage.router.traffic(door.name);
    expect(after.epoch).toBe(before.epoch);
    // In whole seconds, where the door tells how long it has run.
    const tookMs = systemClock.monotonicMs() - beganMs;
    expect(after.upMs !== undefined).toBe(stage.router.kind === "haproxy");
    const upMs = (after.upMs ?? tookMs) - (before.upMs ?? 0);
    expect(Math.abs(upMs - tookMs)).toBeLessThan(2_000);
    const counted = (slot: "blue" | "green") => after.slots[slot].requests - before.slots[slot].requests;
    expect(counted("blue") + counted("green")).toBe(asked - lost.length);
    expect(counted("green")).toBeGreaterThan(50);
  });

  test("in whose middle the door restarts goes on with its share, its buckets and right deltas", async () => {
    const routing = { stable: "blue", share: 30, salt: 7 } as const;
    await stage.router.setRouting(door.name, routing);
    const reached = async (port: number) => {
      const answers = [];
      for (let bucket = 0; bucket < 10_000; bucket += 500) {
        answers.push((await ask(port, "/", { headers: { cookie: `sluice=${bucket}` } })).slot);
      }
      return answers;
    };
    const first = await reached(door.port);
    const before = await stage.router.traffic(door.name);
    await docker("restart", "-t", "1", door.name);
    const port = Number((await docker("port", door.name, "8080/tcp")).split(":").at(-1));
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
    expect(await stage.router.routing(door.name)).toEqual(routing);
    expect(await reached(port)).toEqual(first);
    expect(first.filter((slot) => slot === "green")).toHaveLength(6);
    const after = await stage.router.traffic(door.name);
    const since = after.epoch === before.epoch ? before.slots : { blue: { requests: 0 }, green: { requests: 0 } };
    expect(after.slots.green.requests - since.green.requests).toBe(6);
    expect(after.slots.blue.requests - since.blue.requests).toBe(14);
  });
});
