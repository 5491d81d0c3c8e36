import { expect, it } from "vitest";
import { failedByItself, pauseBefore, timesAgain } from "./run-again.ts";

it("a job is run again as often as its file says, and a few times where that sets no number", () => {
  expect(timesAgain({ restart: "on-failure:3" })).toBe(3);
  expect(timesAgain({ restart: "on-failure" })).toBe(7);
  expect(timesAgain({ restart: "on-failure:0" })).toBe(7);
  expect([{ restart: "no" }, { restart: "always" }, {}].map(timesAgain)).toEqual([0, 0, 0]);
});

it("a restart_policy of the deploy section decides, as with Compose", () => {
  const deploy = (restart_policy: object) => ({ restart: "on-failure:3", deploy: { restart_policy } });
  expect(timesAgain(deploy({ condition: "on-failure", max_attempts: 2 }))).toBe(2);
  expect(timesAgain(deploy({ condition: "none" }))).toBe(0);
  expect(timesAgain(deploy({ delay: "5s" }))).toBe(0);
});

it("what it needs has longer each time to become ready", () => {
  expect([1, 2, 3, 6, 7, 1_000].map(pauseBefore)).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

it("one that somebody stopped, or took away, has not failed by itself", () => {
  expect([1, 4, 139].map((code) => failedByItself(code, { oomKilled: false }))).toEqual([true, true, true]);
  expect([137, 143].map((code) => failedByItself(code, { oomKilled: false }))).toEqual([false, false]);
  expect(failedByItself(137, { oomKilled: true })).toBe(true);
  expect(failedByItself(1, undefined)).toBe(false);
});
