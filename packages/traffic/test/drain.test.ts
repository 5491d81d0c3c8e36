import { Agent } from "node:http";
import { slots } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startLoad } from "./client.ts";
import { capabilitiesOf, type Door, doorImages, openStage, type Stage } from "./stage.ts";
import { openWebSocket } from "./websocket.ts";

describe.each(await doorImages())("drain at %s", (image) => {
  let stage: Stage;
  let door: Door;
  beforeAll(async () => {
    stage = await openStage(image);
    [door] = await Promise.all([
      stage.startDoor(stage.spec(), { stable: "blue", share: 0, salt: 0 }),
      ...slots.map((slot) => stage.startApp(slot)),
    ]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());
  const set = (share: number) => stage.router.setRouting(door.name, { stable: "blue", share, salt: 0 });

  test("nothing is lost while the share goes up to 100 and what is under way ends by itself", async () => {
    const load = startLoad(door.port, 60, { path: "/?ms=300" });
    for (const share of [5, 50, 100]) {
      await set(share);
      await systemClock.sleep(400);
    }
    const drained = await stage.router.drain(door.name, "blue", 5000);
    const active = (await stage.router.traffic(door.name)).slots.blue.active;
    const { lost, by } = await load.stop();
    expect({ drained, active, lost }).toEqual({ drained: { closed: 0 }, active: 0, lost: [] });
    expect(by["green"]).toBeGreaterThan(20);
  });

  test("WebSockets live through shifts and are closed when the drain's time is over, the other slot's go on where the driver can do that", async () => {
    await set(50);
    const talks = await Promise.all(
      [100, 2000, 4000, 6000, 8000, 9900].map((bucket) => openWebSocket(door.port, bucket)),
    );
    const at = (slot: string) => talks.filter((talk) => talk.slot === slot);
    expect([at("green").length, at("blue").length]).toEqual([3, 3]);
    await set(0);
    await set(100);
    for (const talk of talks) expect(await talk.say("still here")).toBe("still here");
    expect((await stage.router.traffic(door.name)).slots.blue.active).toBe(3);

    const begun = performance.now();
    const draining = stage.router.drain(door.name, "blue", 1500);
    await systemClock.sleep(700);
    for (const talk of at("blue")) expect(await talk.say("budget")).toBe("budget");
    expect(await draining).toEqual({ closed: 3 });
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(1400);
    expect(took).toBeLessThan(3000);
    await expect.poll(() => at("blue").filter((talk) => talk.isOpen()).length).toBe(0);
    const kept = capabilitiesOf(image).closesOneSlot ? at("green") : [];
    for (const talk of kept) expect(await talk.say("untouched")).toBe("untouched");
    for (const talk of talks) talk.socket.destroy();
  });

  test("connections that users keep open without a request do not hold a drain up", async () => {
    await set(0);
    const agent = new Agent({ keepAlive: true });
    for (let user = 0; user < 5; user += 1) await ask(door.port, "/", { agent });
    const begun = performance.now();
    expect(await stage.router.drain(door.name, "blue", 5000)).toEqual({ closed: 0 });
    expect(performance.now() - begun).toBeLessThan(3000);
    agent.destroy();
  });

  test("a drain stops when its signal aborts, and closes nothing", async () => {
    await set(0);
    const talk = await openWebSocket(door.port, 1);
    const draining = stage.router.drain(door.name, "blue", 60_000, AbortSignal.timeout(300));
    await expect(draining).rejects.toThrow(/timeout/i);
    expect(await talk.say("here")).toBe("here");
    talk.socket.destroy();
  });
});
