import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startLoad } from "./client.ts";
import { docker } from "./docker.ts";
import { type Door, doorImages, openStage, type Stage } from "./stage.ts";

// More than the 511 connections that Node lets wait come in. After 10 s the first of them would be given up, and to look takes up to 3 s.
const pauseMs = 5_000;
const rate = 110;

interface Starved {
  readonly stage: Stage;
  readonly door: Door;
  readonly app: string;
}

async function openStarved(image: string): Promise<Starved> {
  const stage = await openStage(image);
  const door = await stage.startDoor(stage.spec({ replicas: 1 }), { stable: "blue", share: 0, salt: 0 });
  const app = await stage.startApp("blue");
  await stage.router.waitServers(door.name, "blue", 1, 20_000);
  return { stage, door, app };
}

/** All doors at once: each test waits more than it works. */
describe("an application that gets no processor, behind each door,", () => {
  let doors: readonly (readonly [image: string, starved: Starved])[];
  const atEach = async <T>(look: (starved: Starved) => Promise<T>): Promise<Record<string, T>> =>
    Object.fromEntries(await Promise.all(doors.map(async ([image, one]) => [image, await look(one)] as const)));
  const likeAll = <T>(value: T) => Object.fromEntries(doors.map(([image]) => [image, value]));
  const serversUp = async ({ stage, door }: Starved) => (await stage.router.traffic(door.name)).slots.blue.serversUp;
  beforeAll(async () => {
    const images = await doorImages();
    doors = await Promise.all(images.map(async (image) => [image, await openStarved(image)] as const));
  });
  afterAll(() => Promise.all(doors.map(([, { stage }]) => stage[Symbol.asyncDispose]())));

  test("loses no request where it is alone: they wait, whatever the door's checks say", async () => {
    const lost = await atEach(async (starved) => {
      const { stage, door, app } = starved;
      const load = startLoad(door.port, rate);
      await systemClock.sleep(500);
      await docker("pause", app);
      await systemClock.sleep(pauseMs);
      await expect.poll(() => serversUp(starved), { timeout: 5_000, interval: 100 }).toBe(0);
      await docker("unpause", app);
      await systemClock.sleep(1_000);
      const { asked, lost } = await load.stop();
      const { requests } = (await stage.router.traffic(door.name)).slots.blue;
      expect(requests).toBeGreaterThanOrEqual(asked);
      return lost;
    });
    expect(lost).toEqual(likeAll([]));
  });

  test("is given up by a request after 10 s", async () => {
    const answers = await atEach(async (starved) => {
      await docker("kill", starved.app);
      await expect.poll(() => serversUp(starved), { timeout: 10_000 }).toBe(0);
      const begin = performance.now();
      const { status, headers } = await ask(starved.door.port);
      const isInTime = performance.now() - begin < 11_000;
      return { status, retryAfter: headers["retry-after"], isInTime };
    });
    expect(answers).toEqual(likeAll({ status: 503, retryAfter: "5", isInTime: true }));
  });
});
