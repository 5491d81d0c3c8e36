import { describe, expect, it } from "vitest";
import { parseSince } from "./since.ts";

const now = new Date("2026-11-28T12:00:00Z");
const parsed = (text: string) => {
  const ms = parseSince(text, now);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe("what lies before now", () => {
  it.each([
    ["10m", "2026-11-28T11:50:00.000Z"],
    ["24h", "2026-11-27T12:00:00.000Z"],
    ["1h30m", "2026-11-28T10:30:00.000Z"],
    ["2026-11-28T09:00Z", "2026-11-28T09:00:00.000Z"],
    ["2026-11-28 09:00:30+08:00", "2026-11-28T01:00:30.000Z"],
    ["2026-11-28T09:00:00.123456789Z", "2026-11-28T09:00:00.123Z"],
    ["1795852800", "2026-11-28T08:00:00.000Z"],
    ["1795852800.5", "2026-11-28T08:00:00.500Z"],
  ])("is %s", (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it("is meant in the time zone of this machine where it names none", () => {
    expect(parseSince("2026-11-28T09:00", now)).toBe(new Date(2026, 10, 28, 9).getTime());
    expect(parseSince("2026-11-28 09:00:05", now)).toBe(new Date(2026, 10, 28, 9, 0, 5).getTime());
    expect(parseSince("2026-11-28", now)).toBe(new Date(2026, 10, 28).getTime());
  });

  it.each([
    ["1d"],
    ["10min"],
    ["5"],
    ["-5m"],
    [""],
    ["yesterday"],
    ["14:00"],
    ["2026"],
    ["2026-02-30"],
    ["2026-13-01"],
    ["2026-11-28T25:00"],
    ["2026-11-28T09:00+0100"],
    ["28.11.2026"],
    ["Nov 28 2026"],
  ])("is not %j", (text) => {
    expect(parseSince(text, now)).toBeUndefined();
  });
});
