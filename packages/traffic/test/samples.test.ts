import { type RequestSample, slots } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./client.ts";
import { docker } from "./docker.ts";
import { type Door, doorImages, openStage, previewSecret, type Stage } from "./stage.ts";

describe.each(await doorImages())("samples of %s", (image) => {
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

  /** Follows until `end`; `seen` grows meanwhile. */
  const follow = () => {
    const stop = new AbortController();
    const seen: RequestSample[] = [];
    const done = (async () => {
      for await (const sample of stage.router.samples(door.name, stop.signal)) seen.push(sample);
    })();
    return {
      seen,
      async end() {
        stop.abort();
        await done;
      },
    };
  };

  test("each request is one sample with slot, status, time, bucket and path, and without its query", async () => {
    await ask(door.port, "/before");
    const following = follow();
    await systemClock.sleep(700);
    const cookie = { cookie: "sluice=123" };
    const began = Date.now();
    await ask(door.port, "/a/b?token=secret&ms=120", { headers: cookie });
    await ask(door.port, "/status?code=500", { headers: cookie, method: "POST" });
    await ask(door.port, "/c%20d", { headers: { "x-sluice-preview": previewSecret, "x-sluice-slot": "green" } });
    await expect.poll(() => following.seen.length, { timeout: 5000 }).toBe(3);
    await following.end();
    const [first, second, third] = following.seen;
    expect(first).toMatchObject({
      slot: "blue",
      status: 200,
      method: "GET",
      path: "/a/b",
      bucket: 123,
      probe: false,
      termination: "----",
    });
    expect(first?.totalMs).toBeGreaterThanOrEqual(115);
    expect(first?.at).toBeGreaterThanOrEqual(began);
    expect(first?.at).toBeLessThanOrEqual(Date.now());
    expect(second).toMatchObject({ slot: "blue", status: 500, method: "POST", path: "/status" });
    expect(third).toMatchObject({ slot: "green", status: 200, path: "/c%20d", bucket: -1, probe: true });
  });

  test("following goes on over a reload and over a restart, and leaves no process behind", async () => {
    const following = follow();
    await systemClock.sleep(700);
    await ask(door.port, "/one");
    await stage.router.reconfigure(door.name, stage.spec({ drainTimeoutMs: 20_000 }));
    await ask(door.port, "/two");
    await expect.poll(() => following.seen.map(({ path }) => path), { timeout: 5000 }).toEqual(["/one", "/two"]);
    await docker("restart", "-t", "1", door.name);
    const port = Number((await docker("port", door.name, "8080/tcp")).split(":").at(-1));
    await stage.router.waitServers(door.name, "blue", 1, 20_000);
    await systemClock.sleep(1000);
    await ask(port, "/three");
    await expect.poll(() => following.seen.at(-1)?.path, { timeout: 5000 }).toBe("/three");
    await following.end();
    await expect.poll(() => docker("exec", door.name, "ps"), { timeout: 5000 }).not.toMatch(/socat|tail/);
  });
});
