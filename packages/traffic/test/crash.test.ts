import { type Slot, slots } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, startLoad } from "./client.ts";
import { docker } from "./docker.ts";
import { type Door, doorImages, isHaproxy, openStage, type Stage } from "./stage.ts";

describe.each(await doorImages())("crashes behind %s", (image) => {
  let stage: Stage;
  let door: Door;
  let apps: Record<"blue" | "green", string[]>;
  beforeAll(async () => {
    stage = await openStage(image);
    const start = (slot: "blue" | "green") => Promise.all([1, 2].map((replica) => stage.startApp(slot, replica)));
    const [started, blue, green] = await Promise.all([
      stage.startDoor(stage.spec(), { stable: "blue", share: 0, salt: 0 }),
      start("blue"),
      start("green"),
    ]);
    door = started;
    apps = { blue, green };
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 2, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());
  const set = (share: number) => stage.router.setRouting(door.name, { stable: "blue", share, salt: 0 });
  const restart = async (slot: "blue" | "green") => {
    await docker("start", ...apps[slot]);
    await stage.router.waitServers(door.name, slot, 2, 20_000);
  };

  test("a replica that dies costs no request, and the door finds it again", async () => {
    await set(50);
    const load = startLoad(door.port, 100);
    await systemClock.sleep(500);
    await docker("kill", apps.green[0] ?? "");
    await systemClock.sleep(2500);
    const { lost, by } = await load.stop();
    await restart("green");
    expect(lost).toEqual([]);
    expect(by["green"]).toBeGreaterThan(50);
  });

  test.runIf(isHaproxy(image))("a client stays with one replica, and loses nothing where that one dies", async () => {
    await set(0);
    const visit = async (bucket: number) =>
      (await ask(door.port, "/replica", { headers: { cookie: `sluice=${bucket}` } })).body;
    const visits = (bucket: number) => Promise.all(Array.from({ length: 8 }, () => visit(bucket)));
    const [even, odd] = [new Set(await visits(42)), new Set(await visits(43))];
    expect([even.size, odd.size, new Set([...even, ...odd]).size]).toEqual([1, 1, 2]);
    await docker("kill", apps.blue[0] ?? "");
    const meanwhile = new Set([...(await visits(42)), ...(await visits(43))]);
    await restart("blue");
    expect([...meanwhile]).toEqual([...odd]);
    // The door may never have taken it for down, and the application begins to listen when it does.
    await expect.poll(async () => new Set(await visits(42)), { timeout: 10_000 }).toEqual(even);
  });

  test("a candidate that dies as a whole leaves its users to the stable slot within the same request", async () => {
    await set(50);
    const failures = async () => {
      const { green, blue } = (await stage.router.traffic(door.name)).slots;
      const of = (slot: typeof green) => slot.connectErrors + slot.responseErrors + slot.redispatches;
      return { green: of(green), blue: of(blue) };
    };
    const before = await failures();
    const load = startLoad(door.port, 100, { path: "/?ms=100" });
    await systemClock.sleep(500);
    await docker("kill", ...apps.green);
    await systemClock.sleep(2500);
    const { asked, lost } = await load.stop();
    const after = await failures();
    await restart("green");
    expect({ lost }).toEqual({ lost: [] });
    expect(asked).toBeGreaterThan(200);
    expect(after.green).toBeGreaterThan(before.green);
    // They count for the slot that failed; on a machine that is busy the other may be taken for dead for a moment, too.
    expect(after.blue - before.blue).toBeLessThan(after.green - before.green);
  });

  test("a stable slot that dies while the candidate has a share leaves its users to the candidate", async () => {
    await set(5);
    const load = startLoad(door.port, 50);
    await systemClock.sleep(300);
    await docker("kill", ...apps.blue);
    const isDead = performance.now();
    await systemClock.sleep(4500);
    const { lost, lostAt, by } = await load.stop();
    await restart("blue");
    // What was being answered at that moment is lost with the process, as it is without a door; nothing after it.
    expect(lost.filter((why) => why !== "502")).toEqual([]);
    expect(lostAt.filter((at) => at > isDead)).toEqual([]);
    expect(by["green"]).toBeGreaterThan(50);
  });

  // What the door says of it is HAProxy's own log.
  test.skipIf(!isHaproxy(image))("an application that begins to listen is reached within 1.5 s", async () => {
    const app = apps.green[0] ?? "";
    await docker("kill", app);
    await expect
      .poll(async () => (await stage.router.traffic(door.name)).slots.green.serversUp, { timeout: 15_000 })
      .toBe(1);
    await docker("start", app);
    await stage.router.waitServers(door.name, "green", 2, 20_000);
    const listens = lastTime(await docker("logs", "-t", app), "listening");
    const isUp = lastTime(await docker("logs", "-t", door.name), "Server only_green/green1 is UP");
    expect(isUp - listens).toBeLessThan(1500);
  });

  test("a candidate that drops requests shows them, where another try of the door keeps them from the users", async () => {
    // What was started anew a moment ago may not listen yet, which would be its own error.
    await set(0);
    const errorsOfBlue = async () => {
      const { connectErrors, responseErrors } = (await stage.router.traffic(door.name)).slots.blue;
      return connectErrors + responseErrors;
    };
    await expect
      .poll(
        async () => {
          const from = await errorsOfBlue();
          const warmUp = startLoad(door.port, 50);
          await systemClock.sleep(500);
          await warmUp.stop();
          return (await errorsOfBlue()) - from;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    await set(50);
    const before = (await stage.router.traffic(door.name)).slots;
    const load = startLoad(door.port, 100, { path: "/drops" });
    await systemClock.sleep(3_000);
    const { lost } = await load.stop();
    const after = (await stage.router.traffic(door.name)).slots;
    const errors = (slot: Slot) =>
      after[slot].connectErrors + after[slot].responseErrors - before[slot].connectErrors - before[slot].responseErrors;
    expect(lost).toEqual([]);
    expect(errors("green")).toBeGreaterThan(10);
    expect(errors("blue")).toBe(0);
  });
});

/** When the engine saw the last line with this text. */
function lastTime(log: string, text: string): number {
  const line = log.split("\n").findLast((candidate) => candidate.includes(text));
  return Date.parse(line?.split(" ")[0] ?? "");
}
