import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeClock } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBell } from "./bell.ts";
import { type Sign, type SignSource, watchSign } from "./ready-sign.ts";

const statuses: Readonly<Record<string, number>> = { "/ready": 204, "/moved": 302, "/starting": 503, "/private": 401 };
const server = createServer(({ url = "" }, response) => response.writeHead(statuses[url] ?? 404).end());
let port = 0;
let closed = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  closed = (other.address() as AddressInfo).port;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** What is found at the first look. */
async function firstLook(source: Omit<SignSource, "address">): Promise<Sign> {
  const clock = createFakeClock();
  const stop = new AbortController();
  const looked = new Promise<void>((resolve) => {
    clock.sleep = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  const bell = createBell(clock);
  const rung = new Promise<void>((resolve) => {
    bell.ring = resolve;
  });
  const watched = watchSign(clock, { address: "127.0.0.1", ...source }, bell, stop.signal);
  await Promise.race([looked, rung]);
  stop.abort();
  return watched.sign();
}

describe("the sign that a container is ready", () => {
  it.each([
    ["/ready", "given"],
    ["/moved", "given"],
    ["/starting", "not-yet"],
    ["/private", "unknown"],
    ["/nowhere", "unknown"],
  ])("is, of the answer of %s: %s", async (path, sign) => {
    expect(await firstLook({ port, path })).toBe(sign);
  });

  it("is the open port, where no path is known", async () => {
    expect(await firstLook({ port })).toBe("given");
    expect(await firstLook({ port: closed })).toBe("not-yet");
    expect(await firstLook({ port: closed, path: "/ready" })).toBe("not-yet");
  });

  it("rings once, when it is given, and nobody is asked again", async () => {
    const clock = createFakeClock();
    const begin = clock.monotonicMs();
    const asked: number[] = [];
    let rings = 0;
    const bell = createBell(clock);
    bell.ring = () => void (rings += 1);
    const ask = async (): Promise<Sign> => {
      asked.push(clock.monotonicMs() - begin);
      return asked.length < 4 ? "not-yet" : "given";
    };
    watchSign(clock, { address: "10.0.0.9", port: 80 }, bell, new AbortController().signal, ask);
    await expect.poll(() => rings).toBe(1);
    await clock.sleep(10_000);
    expect(asked).toEqual([0, 50, 100, 150]);
  });
});
