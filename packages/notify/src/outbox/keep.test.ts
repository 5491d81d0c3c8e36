import { expect, it } from "vitest";
import { aChannel } from "../testing/a-channel.ts";
import { aNotification } from "../testing/a-notification.ts";
import { isDue, longestWaitMs, waitingEntry } from "./keep.ts";

const now = new Date("2026-03-04T05:06:07Z");
const dueIn = (ms: number) => {
  const notBefore = new Date(now.getTime() + ms).toISOString();
  return isDue({ ...waitingEntry(aNotification({}), "team", now), notBefore }, aChannel([]), now, false);
};

it.each([
  [0, true],
  [1, false],
  [longestWaitMs, false],
  // Written while wall time was ten years ahead.
  [10 * 365 * 24 * 3_600_000, true],
  [-10 * 365 * 24 * 3_600_000, true],
])("what is not to be tried before %i ms from now is due: %o", (ms, expected) => {
  expect(dueIn(ms)).toBe(expected);
});
