import { describe, expect, it } from "vitest";
import { parseOpenRange } from "./open-range.ts";

describe("an open range", () => {
  it.each([
    ["mon-thu 09:00-16:00", [1, 2, 3, 4], 540, 960],
    ["fri 09:00-12:30", [5], 540, 750],
    ["sat,sun", [6, 7], 0, 1_440],
    ["fri-mon 00:00-24:00", [1, 5, 6, 7], 0, 1_440],
    ["mon-wed,wed-fri", [1, 2, 3, 4, 5], 0, 1_440],
    ["daily  22:00-02:00", [1, 2, 3, 4, 5, 6, 7], 1_320, 120],
  ])("%s", (text, days, from, until) => {
    expect(parseOpenRange(text)).toEqual({ text, days, from, until });
  });

  it.each([
    "",
    "monday 09:00-16:00",
    "Mon 09:00-16:00",
    "mon 9-16",
    "mon 09:00",
    "mon 09:60-16:00",
    "mon 24:00-25:00",
    "mon 09:00-09:00",
    "mon 22:00-00:00",
    "mon- 09:00-10:00",
    "mon 09:00-16:00 ",
  ])("%j is none", (text) => {
    expect(parseOpenRange(text)).toBeUndefined();
  });
});
