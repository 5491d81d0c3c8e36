import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startLoad } from "./client.ts";
import { docker } from "./docker.ts";
import { type Door, doorImages, openStage, type Stage } from "./stage.ts";

// More than the 511 connections that Node lets wait come in. After 10 s the first of them would be given up, and to look takes up to 3 s.
const pauseMs = 4_500;
const rate = 150;

describe.each(await doorImages())("an application that gets no processor behind %s", (image) => {
  let stage: Stage;
  let door: Door;
  let app: string;
  beforeAll(async () => {
    stage = await openStage(image);
    door = await stage.startDoor(stage.spec({ replicas: 1 }), { stable: "blue", share: 0, salt: 0 });
    app = await stage.startApp("blue");
    await stage.router.waitServers(door.name, "blue", 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("loses no request where it is alone: they wait, whatever the door's checks say", async () => {
    const load = startLoad(door.port, rate);
    await systemClock.sleep(500);
    await docker("pause", app);
    await systemClock.sleep(pauseMs);
    await expect
      .poll(async () => (await stage.router.traffic(door.name)).slots.blue.serversUp, { timeout: 5_000, interval: 100 })
      .toBe(0);
    await docker("unpause", app);
    await systemClock.sleep(1_000);
    const { asked, lost } = await load.stop();
    expect(lost).toEqual([]);
    const { requests } = (await stage.router.traffic(door.name)).slots.blue;
    expect(requests).toBeGreaterThanOrEqual(asked);
  });

  test("is given up by a request after 10 s", async () => {
    await docker("kill", app);
    await expect
      .poll(async () => (await stage.router.traffic(door.name)).slots.blue.serversUp, { timeout: 10_000 })
      .toBe(0);
    const begin = performance.now();
    expect(await ask(door.port)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(performance.now() - begin).toBeLessThan(11_000);
  });
});
