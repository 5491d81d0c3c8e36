import { setTimeout as sleep } from "node:timers/promises";
import type { DoorRouting } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import { quietAt, quietMoment } from "./quiet-moment.ts";

/** At which millisecond it was taken, and with how much under way. @param activeAt what the door counts */
async function taken(activeAt: (ms: number) => number | Promise<number>, drainTimeoutMs = 30_000) {
  const clock = createFakeClock();
  let isFirst = true;
  const read = async (signal: AbortSignal) => {
    // As a door, which takes its time for the first answer above all.
    if (isFirst) await sleep(5, null, { signal });
    isFirst = false;
    signal.throwIfAborted();
    return activeAt(clock.monotonicMs());
  };
  const active = await quietMoment(clock, read, { drainTimeoutMs });
  return { atMs: clock.monotonicMs(), active };
}

it("nothing is waited for where nothing is under way, or the door does not tell", async () => {
  expect(await taken(() => 0)).toEqual({ atMs: 0, active: 0 });
  expect(await taken(() => Promise.reject(new Error("no answer")))).toEqual({ atMs: 0, active: 0 });
});

it("what is under way ends first, also where others come meanwhile", async () => {
  expect(await taken((ms) => (ms < 130 ? 3 : 0))).toEqual({ atMs: 140, active: 0 });
  expect(await taken((ms) => (ms === 700 ? 0 : 1 + (ms % 3)))).toEqual({ atMs: 700, active: 0 });
});

it("what stays is not waited for: the least so far is taken in the second half of two seconds", async () => {
  expect(await taken(() => 3)).toEqual({ atMs: 1_000, active: 3 });
  expect(await taken((ms) => (ms === 400 || ms === 1_200 ? 3 : 8))).toEqual({ atMs: 1_200, active: 3 });
});

it("all waiting is over after two seconds, or after what a drain may take, however much is under way", async () => {
  expect(await taken((ms) => (ms === 0 ? 1 : 9))).toEqual({ atMs: 2_000, active: 9 });
  expect(await taken((ms) => (ms === 0 ? 1 : 9), 300)).toEqual({ atMs: 300, active: 9 });
  expect(await taken(() => 4, 0)).toEqual({ atMs: 0, active: 4 });
});

it("a door that tells no more is left at once, with what it told last", async () => {
  const lost = (ms: number) => (ms < 100 ? 5 : Promise.reject(new Error("gone")));
  expect(await taken(lost)).toEqual({ atMs: 100, active: 5 });
});

it("an abort ends the wait", async () => {
  const stop = new AbortController();
  const clock = createFakeClock();
  const reason = new Error("aborted by a person");
  const read = async () => {
    if (clock.monotonicMs() >= 100) stop.abort(reason);
    return 1;
  };
  const waiting = quietMoment(clock, read, { drainTimeoutMs: 30_000, signal: stop.signal });
  await expect(waiting).rejects.toBe(reason);
  expect(clock.monotonicMs()).toBe(100);
});

it("nobody is waited for at a door that leads elsewhere than the one that follows: callers by name meet both meanwhile", async () => {
  const leads: DoorRouting = { stable: "blue", share: 0, salt: 7 };
  const waitedMs = async (readRouting: () => Promise<DoorRouting>, routing = leads) => {
    const clock = createFakeClock();
    const tools = { clock, readRouting, readUnderWay: async () => 3 };
    expect(await quietAt(tools, "old", { routing, drainTimeoutMs: 30_000 })).toBe(3);
    return clock.monotonicMs();
  };
  const old = async () => leads;
  expect(await waitedMs(old)).toBe(1_000);
  expect(await waitedMs(old, { stable: "blue", share: 100, salt: 0 })).toBe(0);
  expect(await waitedMs(old, { stable: "green", share: 0, salt: 0 })).toBe(0);
  expect(await waitedMs(() => Promise.reject(new Error("no answer")))).toBe(0);
});

it("a door of which nobody can tell is not waited for", async () => {
  const clock = createFakeClock();
  const routing: DoorRouting = { stable: "blue", share: 0, salt: 7 };
  const tools = { clock, readRouting: async () => routing };
  expect(await quietAt(tools, "old", { routing, drainTimeoutMs: 30_000 })).toBe(0);
});
