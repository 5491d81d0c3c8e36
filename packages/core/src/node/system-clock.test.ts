import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { systemClock } from "./system-clock.ts";

it("sleeps for longer than a timer of Node can wait", async () => {
  const stop = new AbortController();
  const asleep = systemClock.sleep(2 ** 31 + 1_000, stop.signal).then(
    () => "rang",
    () => "stopped",
  );
  expect(await Promise.race([asleep, delay(20, "still asleep")])).toBe("still asleep");
  stop.abort(new Error("enough"));
  expect(await asleep).toBe("stopped");
});
