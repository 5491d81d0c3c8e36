import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";

/** The longest that a timer of Node can wait; a longer one would ring at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this machine: Node's timers, for whoever uses a package that asks for a `Clock`. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      for (let left = ms; ; left -= longestTimerMs) {
        await delay(Math.min(left, longestTimerMs), undefined, signal ? { signal } : {});
        if (left <= longestTimerMs) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
