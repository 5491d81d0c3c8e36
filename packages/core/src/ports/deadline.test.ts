import { expect, it } from "vitest";
import { systemClock } from "../node/system-clock.ts";
import type { Clock } from "./clock.ts";
import { createDeadline, within } from "./deadline.ts";

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
const hour = 3_600_000;

it("aborts after its span, and not when it was disposed of before", async () => {
  const kept = createDeadline(systemClock, 5.4);
  const dropped = createDeadline(systemClock, 5);
  dropped[Symbol.dispose]();
  await expect(untilAborted(kept.signal)).rejects.toMatchObject({ name: "TimeoutError", message: "longer than 5 ms" });
  expect(dropped.signal.aborted).toBe(false);
});

it("work gives its result, and leaves no timer behind", async () => {
  const waits: AbortSignal[] = [];
  const clock: Clock = {
    ...systemClock,
    async sleep(ms, signal) {
      if (signal) waits.push(signal);
      await systemClock.sleep(ms, signal);
    },
  };
  expect(await within(clock, hour, undefined, async () => 42)).toBe(42);
  expect(waits.map(({ aborted }) => aborted)).toEqual([true]);
});

it("work that takes too long gets the reason that was asked for", async () => {
  const late = () => new Error("a backup took too long");
  await expect(within(systemClock, 5, undefined, untilAborted, late)).rejects.toThrow("a backup took too long");
});

it("work ends with the outer signal too, for its reason", async () => {
  const stop = new AbortController();
  const running = within(systemClock, hour, stop.signal, untilAborted);
  stop.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
});
