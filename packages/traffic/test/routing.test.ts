import type { DoorRouting, Slot } from "@sluice/core";
import { otherSlot, slots } from "@sluice/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routeOf } from "../src/door/route-model.ts";
import { ask, cookieOf, createUser, flips } from "./client.ts";
import { docker } from "./docker.ts";
import { type Door, doorImages, openStage, previewSecret, type Stage } from "./stage.ts";

const routings = fc.record<DoorRouting>({
  stable: fc.constantFrom("blue", "green"),
  share: fc.oneof(
    fc.constantFrom(0, 100),
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  ),
  salt: fc.integer({ min: 0, max: 9999 }),
});
const buckets = fc.array(fc.integer({ min: 0, max: 9999 }), { minLength: 4, maxLength: 4 });

const preview = (slot: string) => ({ "x-sluice-preview": previewSecret, "x-sluice-slot": slot });

describe.each(await doorImages())("routing of %s", (image) => {
  let stage: Stage;
  let door: Door;
  const apps: Partial<Record<Slot, string>> = {};
  const set = (stable: Slot | null, share: number, salt = 0) =>
    stage.router.setRouting(door.name, { stable, share, salt });

  beforeAll(async () => {
    stage = await openStage(image);
    const spec = stage.spec();
    const one = { blue: spec.servers.blue.slice(0, 1), green: spec.servers.green.slice(0, 1) };
    [door] = await Promise.all([
      stage.startDoor({ ...spec, servers: one }, { stable: null, share: 0, salt: 0 }),
      ...slots.map(async (slot) => {
        apps[slot] = await stage.startApp(slot);
      }),
    ]);
    for (const slot of slots) await stage.router.waitServers(door.name, slot, 1, 20_000);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("users get an honest 503 until a slot is proven, previews already work", async () => {
    await set(null, 50);
    const answer = await ask(door.port);
    expect(answer).toMatchObject({ status: 503, slot: undefined, headers: { "retry-after": "5" } });
    expect(answer.body).toContain("try again");
    for (const slot of slots) expect((await ask(door.port, "/", { headers: preview(slot) })).slot).toBe(slot);
  });

  test("users are split as the share says", async () => {
    const users = 400;
    for (const [stable, share] of [
      ["blue", 0],
      ["blue", 5],
      ["green", 50],
      ["blue", 100],
    ] as const) {
      await set(stable, share);
      const answers = await Promise.all(Array.from({ length: users }, () => ask(door.port)));
      const reached = answers.filter(({ slot }) => slot === otherSlot(stable)).length;
      const expected = (users * share) / 100;
      // Five standard deviations of a binomial: 0 and 100 % are exact.
      const spread = 5 * Math.sqrt((expected * (100 - share)) / 100);
      expect(Math.abs(reached - expected)).toBeLessThanOrEqual(spread);
    }
  });

  test("the door routes as the model says, for any routing and bucket", async () => {
    for (const [routing, users] of fc.sample(fc.tuple(routings, buckets), 40)) {
      await stage.router.setRouting(door.name, routing);
      expect(await stage.router.routing(door.name)).toEqual(routing);
      for (const bucket of users) {
        const { slot } = await ask(door.port, "/", { headers: { cookie: `sluice=${bucket}` } });
        const expected = routeOf({ routing, bucket, preview: null, up: { blue: true, green: true } });
        expect({ routing, bucket, slot }).toEqual({ routing, bucket, slot: expected });
      }
    }
  });

  test("each user moves once while the share grows, and once back", async () => {
    const users = Array.from({ length: 60 }, () => createUser(door.port));
    await set("blue", 0, 4711);
    for (const share of [0, 5, 25, 50, 100]) {
      await set("blue", share, 4711);
      for (let visit = 0; visit < 2; visit += 1) await Promise.all(users.map((user) => user.visit()));
    }
    for (const { served } of users) expect([served[0], served.at(-1), flips(served)]).toEqual(["blue", "green", 1]);
    await set("green", 0, 4711);
    await Promise.all(users.map((user) => user.visit()));
    for (const { served } of users) expect(flips(served)).toBe(1);
    await set("blue", 0, 4711);
    await Promise.all(users.map((user) => user.visit()));
    for (const { served } of users) expect([served.at(-1), flips(served)]).toEqual(["blue", 2]);
    for (const user of users) user.leave();
  });

  test("another salt lets other users go first", async () => {
    const first = async (salt: number) => {
      await set("blue", 10, salt);
      const reached: number[] = [];
      for (let bucket = 0; bucket < 10_000; bucket += 250) {
        const { slot } = await ask(door.port, "/", { headers: { cookie: `sluice=${bucket}` } });
        if (slot === "green") reached.push(bucket);
      }
      return reached;
    };
    expect(await first(0)).toEqual([0, 250, 500, 750]);
    expect(await first(5000)).toEqual([5000, 5250, 5500, 5750]);
    expect(await first(9500)).toEqual([500, 750, 1000, 1250]);
  });

  test("the cookie is added beside the application's own, once, and never to what a cache may share", async () => {
    await set("blue", 0);
    const answer = await ask(door.port, "/cookie");
    expect(answer.headers["set-cookie"]).toEqual([
      "session=1; Path=/",
      expect.stringMatching(/^sluice=\d{1,4}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const again = await ask(door.port, "/", { headers: { cookie: cookieOf(answer) } });
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect((await ask(door.port, "/cached")).headers["set-cookie"]).toBeUndefined();
    const forged = await ask(door.port, "/", { headers: { cookie: "sluice=zz" } });
    expect(cookieOf(forged)).toMatch(/^sluice=\d{1,4}$/);
  });

  test("a preview needs the secret, and leaves no trace at the application or the user", async () => {
    await set("blue", 0);
    const answer = await ask(door.port, "/headers", { headers: preview("green") });
    expect(answer.slot).toBe("green");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.body.toLowerCase()).not.toContain("x-sluice");
    const forged = await ask(door.port, "/headers", {
      headers: { ...preview("green"), "x-sluice-preview": "guess-guess-guess" },
    });
    expect(forged.slot).toBe("blue");
    expect(forged.body.toLowerCase()).not.toContain("x-sluice");
    expect(await ask(door.port, "/", { headers: preview("red") })).toMatchObject({ status: 400, slot: undefined });
  });

  test("probes are not counted as users", async () => {
    await set("blue", 0);
    const before = (await stage.router.traffic(door.name)).slots;
    for (let probe = 0; probe < 5; probe += 1) await ask(door.port, "/", { headers: preview("green") });
    for (let user = 0; user < 3; user += 1) await ask(door.port, "/status?code=500");
    const after = (await stage.router.traffic(door.name)).slots;
    expect(after.green.requests - before.green.requests).toBe(0);
    expect(after.blue.requests - before.blue.requests).toBe(3);
    expect(after.blue.http5xx - before.blue.http5xx).toBe(3);
    expect(after.blue).toMatchObject({ active: 0, serversUp: 1, serversTotal: 1 });
  });

  test("a server that does not know the health path is up: the stable slot keeps its users, and comes back to them", async () => {
    await set("blue", 10);
    const healthBecomes = (code: number, then = "") =>
      ask(door.port, `/health-becomes?code=${code}${then}`, { headers: preview("blue") });
    const userOfBlue = () => ask(door.port, "/", { headers: { cookie: "sluice=9999" } });
    await healthBecomes(500, "&then=404&after=5000");
    const serversUp = async () => (await stage.router.traffic(door.name)).slots.blue.serversUp;
    await expect.poll(async () => (await userOfBlue()).slot, { timeout: 10_000 }).toBe("green");
    await expect.poll(serversUp, { timeout: 10_000 }).toBe(0);
    await expect.poll(async () => (await userOfBlue()).slot, { timeout: 10_000 }).toBe("blue");
    await expect.poll(serversUp, { timeout: 10_000 }).toBe(1);
    await stage.router.waitServers(door.name, "blue", 1, 100);
    const asCandidate = stage.router.waitServers(door.name, "blue", 1, 100, undefined, "healthy");
    await expect(asCandidate).rejects.toMatchObject({ code: "NOT_READY", detail: expect.stringContaining("404") });
    await healthBecomes(200);
    await stage.router.waitServers(door.name, "blue", 1, 5_000, undefined, "healthy");
  });

  test("when a slot is gone, the other stands in only where users already reach it", async () => {
    await set("blue", 0);
    await docker("kill", apps.blue ?? "");
    await expect
      .poll(async () => (await stage.router.traffic(door.name)).slots.blue.serversUp, { timeout: 15_000 })
      .toBe(0);
    const up = { blue: false, green: true };
    // Those whom nobody answers wait for 10 s: once is enough.
    const someoneAnswers = routings.filter(({ stable, share }) => stable === "green" || share > 0);
    const alone: [DoorRouting, number[]] = [{ stable: "blue", share: 0, salt: 0 }, [0]];
    for (const [routing, users] of [...fc.sample(fc.tuple(someoneAnswers, buckets), 25), alone]) {
      await stage.router.setRouting(door.name, routing);
      for (const bucket of users) {
        const { slot } = await ask(door.port, "/", { headers: { cookie: `sluice=${bucket}` } });
        const expected = routeOf({ routing, bucket, preview: null, up }) ?? undefined;
        expect({ routing, bucket, slot }).toEqual({ routing, bucket, slot: expected });
      }
    }
    expect(await ask(door.port, "/", { headers: preview("blue") })).toMatchObject({ status: 503, slot: undefined });
  });
});
