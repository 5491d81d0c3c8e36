import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { countFlips } from "../src/load/flips.ts";
import { generateLoad } from "../src/load/generate.ts";
import { auditLedger } from "../src/load/ledger.ts";
import { type LoadProfile, shopLoad } from "../src/load/profile.ts";
import { heldAfter } from "../src/load/socket-summary.ts";
import { startLoad } from "../src/load/start-load.ts";
import { startFakeShop } from "./fake-shop.ts";

const quickLoad = (url: string, overrides: Partial<LoadProfile> = {}) =>
  shopLoad(url, { slow: [], polls: { path: "/poll", clients: 0 }, sockets: { path: "/ws", clients: 2 }, ...overrides });

describe("the load generator", () => {
  it("sends at the rate that was asked, all kinds, and loses nothing of a good server", async () => {
    await using shop = await startFakeShop();
    const slow = [{ path: "/slow", ratePerSecond: 10 }];
    await using load = await startLoad(quickLoad(shop.url, { slow, polls: { path: "/poll", clients: 1 } }));
    await sleep(2_000);
    const result = await load.stop();
    const of = (stream: string) => result.answers.filter((answer) => answer.stream === stream).length;
    const seconds = (result.endedAt - result.startedAt) / 1_000;
    expect(result.failures).toEqual([]);
    expect(of("ordinary")).toBeCloseTo(seconds * 100, -1);
    expect(Math.abs(of("slow") - seconds * 10)).toBeLessThan(2);
    expect(of("poll")).toBeGreaterThan(5);
    expect(result.versions.map(({ version }) => version)).toEqual(["v1"]);
    expect(auditLedger(result.ledger, shop.orders)).toEqual({ missing: [], repeated: [], surplus: 0 });
    expect(result.ledger.acknowledged.length).toBeGreaterThan(10);
    expect(result.sockets).toMatchObject({ opened: 2, closed: 0, reset: 0, refused: 0 });
  });

  it("counts an outage: failures by kind, the gap, and the phases that it falls into", async () => {
    await using shop = await startFakeShop();
    await using load = await startLoad(quickLoad(shop.url));
    await sleep(500);
    load.mark("outage");
    await shop.down();
    await sleep(700);
    await shop.up();
    load.mark("after");
    await sleep(500);
    const result = await load.stop();
    const { refused, reset } = result.failuresByKind;
    expect(refused).toBeGreaterThan(40);
    expect(refused + reset).toBe(result.failed);
    expect(result.gap.ms).toBeGreaterThan(690);
    expect(result.gap.ms).toBeLessThan(1_200);
    expect(result.sockets).toMatchObject({ reset: 2 });
    expect(result.sockets.refused).toBeGreaterThan(2);
    const outage = result.phases.find(({ name }) => name === "outage");
    expect(outage?.failed).toBeGreaterThan(40);
    // What was due just before the outage may have been cut by it; nothing failed earlier.
    expect(result.failures.filter(({ endedAt }) => endedAt < (outage?.from ?? 0))).toEqual([]);
  });

  it("measures from the due time: one stall delays every answer that was due in it", async () => {
    await using shop = await startFakeShop();
    await using load = await startLoad(quickLoad(shop.url, { clients: 1 }));
    await sleep(300);
    load.mark("stall");
    shop.behaviour.delayMs = 400;
    await sleep(300);
    shop.behaviour.delayMs = 0;
    load.mark("after");
    await sleep(300);
    const result = await load.stop();
    const stall = result.phases.find(({ name }) => name === "stall");
    expect(stall?.latencyMs.p50).toBeGreaterThan(395);
    expect(stall?.requests).toBeGreaterThan(20);
  });

  it.each([
    ["5xx", { status: 503 }],
    ["status", { status: 404 }],
    ["reset", { cut: true }],
    ["timeout", { delayMs: 5_000 }],
  ] as const)("tells a failure of kind %s", async (kind, behaviour) => {
    await using shop = await startFakeShop();
    Object.assign(shop.behaviour, behaviour);
    await using load = await startLoad(quickLoad(shop.url, { timeoutMs: 200 }));
    await sleep(300);
    const result = await load.stop();
    expect(result.failed).toBe(result.requests);
    expect(result.failed).toBeGreaterThan(10);
    expect(result.failuresByKind[kind]).toBe(result.failed);
  });

  it("keeps each client's cookies, and sees which version it was given", async () => {
    await using shop = await startFakeShop();
    await using load = await startLoad(quickLoad(shop.url, { clients: 5 }));
    await sleep(500);
    shop.behaviour.version = "v2";
    await sleep(500);
    shop.behaviour.version = "v1";
    await sleep(300);
    const result = await load.stop();
    expect(shop.cookies).toEqual(new Set(["seen=v1", "seen=v2"]));
    expect(result.versions.map(({ version }) => version)).toEqual(["v1", "v2"]);
    expect(countFlips(result.answers, "v1", "v2")).toEqual({ forward: [0, 1, 2, 3, 4], back: [0, 1, 2, 3, 4] });
  });

  it("connects once for each client with keep-alive, and for each request without", async () => {
    const connectionsWith = async (keepAlive: boolean) => {
      await using shop = await startFakeShop();
      const sockets = { path: "/ws", clients: 0 };
      await using load = await startLoad(quickLoad(shop.url, { clients: 2, keepAlive, sockets }));
      await sleep(500);
      const { requests } = await load.stop();
      return { requests, connections: shop.connections() };
    };
    const kept = await connectionsWith(true);
    // One is opened more whenever an answer takes longer than it is to the next request of its client.
    expect(kept.connections).toBeLessThan(kept.requests / 2);
    const fresh = await connectionsWith(false);
    expect(fresh.connections).toBe(fresh.requests);
  });

  it("tells a WebSocket that was closed from one that was cut, and opens another", async () => {
    await using shop = await startFakeShop();
    await using load = await startLoad(quickLoad(shop.url));
    await sleep(400);
    shop.behaviour.version = "v2";
    shop.closeSockets("close");
    await sleep(300);
    shop.closeSockets("terminate");
    await sleep(300);
    const { sockets, startedAt, endedAt } = await load.stop();
    expect(sockets).toMatchObject({ opened: 6, closed: 2, reset: 2 });
    const held = heldAfter(sockets.lives, "v1", { beganAt: startedAt, cutoverAt: startedAt + 200, endedAt });
    expect(held.map(({ ended, clean, early }) => ended && clean && !early)).toEqual([true, true]);
  });

  it("ends by itself at its bounds, and says so", async () => {
    await using shop = await startFakeShop();
    const counted = generateLoad(quickLoad(shop.url, { maxRequests: 20 }));
    const timed = generateLoad(quickLoad(shop.url, { maxDurationMs: 300 }));
    const stopped = generateLoad(quickLoad(shop.url));
    await sleep(800);
    expect(await counted.stop()).toMatchObject({ requests: 20, endedBy: "maxRequests" });
    const result = await timed.stop();
    expect(result.endedBy).toBe("maxDurationMs");
    expect(result.endedAt - result.startedAt).toBeLessThan(600);
    expect(result.gap.ms).toBeLessThan(400);
    expect((await stopped.stop()).endedBy).toBe("stop");
  });

  it("one that has ended by itself is no proof of what came later", async () => {
    await using shop = await startFakeShop();
    await using load = await startLoad(quickLoad(shop.url, { maxDurationMs: 200 }));
    await sleep(500);
    await expect(load.stop()).rejects.toThrow("the load ended by itself after");
  });
});
