import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TrafficCount } from "../model/traffic-count.ts";
import { parseOpenRange } from "./open-range.ts";
import { suggestWindows } from "./suggest-windows.ts";

const monday = Date.parse("2026-03-02T00:00:00Z");
const hourMs = 3_600_000;

/** What a door counts, looked at every half hour, with so many requests in each hour. */
function counted(hours: number, requestsIn: (hour: number) => number, over: Partial<TrafficCount> = {}) {
  let requests = 0;
  return Array.from({ length: hours * 2 + 1 }, (_, half): TrafficCount => {
    if (half > 0) requests += requestsIn(Math.floor((half - 1) / 2)) / 2;
    return { at: new Date(monday + (half * hourMs) / 2).toISOString(), service: "web", epoch: "1", requests, ...over };
  });
}
const berlin = { timezone: "Europe/Berlin", hours: 2 };
const utc = { timezone: "UTC", hours: 2 };

describe("windows are suggested", () => {
  it("where a week of counts shows few users, in the zone of the team", () => {
    // Busy from 7 to 22 UTC; Tuesday from 3 on is the quietest.
    const rate = (hour: number) => (hour >= 27 && hour < 29 ? 6 : hour % 24 >= 7 && hour % 24 < 22 ? 6_000 : 600);
    const found = suggestWindows(counted(168, rate), berlin);
    expect(found).toMatchObject({ knownHours: 168, ofHours: 168 });
    expect(found.anytime[0]).toEqual({ text: "tue 04:00-06:00", perMinute: expect.closeTo(0.1) as number });
    expect(found.anytime).toHaveLength(5);
    // At work it is Monday to Friday only, and never quiet.
    expect(found.atWork[0]?.perMinute).toBeCloseTo(100);
    expect(found.atWork.every(({ text }) => /^(?:mon|tue|wed|thu|fri) (?:08|09|1\d)/.test(text))).toBe(true);
  });

  it("by the hour of the day while there is less than half of a week", () => {
    const found = suggestWindows(
      counted(48, (hour) => (hour % 24 === 4 || hour % 24 === 5 ? 1 : 100)),
      utc,
    );
    expect(found).toMatchObject({ ofHours: 24, knownHours: 24 });
    expect(found.anytime[0]?.text).toBe("daily 04:00-06:00");
  });

  it("for all doors together", () => {
    const web = counted(24, (hour) => (hour < 12 ? 0 : 600));
    const api = counted(24, (hour) => (hour < 12 ? 600 : 0), { service: "api" });
    expect(suggestWindows([...web, ...api], utc).anytime.map(({ perMinute }) => perMinute)).toEqual([
      10, 10, 10, 10, 10,
    ]);
  });

  it("nowhere, where nothing is known", () => {
    const nothing = { knownHours: 0, perMinute: null, anytime: [], atWork: [] };
    expect(suggestWindows([], utc)).toMatchObject(nothing);
    // One look says nothing; two that lie a day apart say nothing about an hour; a door that began anew neither.
    const [first, ...others] = counted(24, () => 60);
    const last = others.at(-1);
    if (!first || !last) throw new Error("there are counts");
    expect(suggestWindows([first], utc)).toMatchObject(nothing);
    expect(suggestWindows([first, last], utc)).toMatchObject(nothing);
    expect(suggestWindows([first, { ...(others[0] ?? last), epoch: "2" }], utc)).toMatchObject(nothing);
  });

  it("as texts that the configuration takes, whatever was counted", () => {
    const count = fc.record({
      at: fc.integer({ min: 0, max: 400 }).map((quarter) => new Date(monday + quarter * 900_000).toISOString()),
      service: fc.constantFrom("web", "api"),
      epoch: fc.constantFrom("1", "2"),
      requests: fc.nat(),
    });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe");
    fc.assert(
      fc.property(
        fc.array(count, { maxLength: 80 }),
        zone,
        fc.integer({ min: 1, max: 12 }),
        (counts, timezone, hours) => {
          const { anytime, atWork } = suggestWindows(counts, { timezone, hours });
          for (const { text, perMinute } of [...anytime, ...atWork]) {
            expect(parseOpenRange(text)).toBeDefined();
            expect(perMinute).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
