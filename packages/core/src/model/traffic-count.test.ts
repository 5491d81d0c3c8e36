import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestsPerMinute, type TrafficCount } from "./traffic-count.ts";

const noon = Date.UTC(2026, 0, 1, 12);
const count = (minutesAgo: number, requests: number, changes: Partial<TrafficCount> = {}): TrafficCount => ({
  at: new Date(noon - minutesAgo * 60_000).toISOString(),
  service: "web",
  epoch: "1-7",
  requests,
  ...changes,
});

describe("requests a minute", () => {
  it("are those of the last hour, as close as counts come to it", () => {
    const before = [count(2_880, 0), count(62, 1_000), count(5, 6_990)];
    expect(requestsPerMinute(before, [count(0, 7_200)])).toBe(100);
  });

  it("are not known where the door is another one, or nobody counted", () => {
    expect(requestsPerMinute([], [count(0, 10)])).toBeNull();
    expect(requestsPerMinute([count(60, 0, { epoch: "2-9" })], [count(0, 10)])).toBeNull();
    expect(requestsPerMinute([count(60, 0, { service: "api" })], [count(0, 10)])).toBeNull();
    expect(requestsPerMinute([count(0.5, 0)], [count(0, 10)])).toBeNull();
  });

  it("are those between two counts by the door's own time, where it tells", () => {
    const at = (minutesAgo: number, requests: number, upMinutes: number) =>
      count(minutesAgo, requests, { upMs: upMinutes * 60_000 });
    // Wall time was an hour ahead, a year behind, and a moment ago: it is the same hour.
    for (const wall of [0, -60, 525_600, 0.01]) {
      expect(requestsPerMinute([at(wall, 1_200, 30)], [at(0, 7_200, 90)])).toBe(100);
    }
    expect(requestsPerMinute([at(60, 0, 90)], [at(0, 7_200, 90)])).toBeNull();
    expect(requestsPerMinute([at(60, 0, 91)], [at(0, 7_200, 90)])).toBeNull();
    // A count of before does not tell it.
    expect(requestsPerMinute([count(72, 0)], [at(0, 7_200, 90)])).toBe(100);
  });

  it("are finite, and never of what lies ahead, whatever wall time does", () => {
    const rates = fc.array(fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.nat(100_000)), { maxLength: 20 });
    fc.assert(
      fc.property(rates, fc.nat(100_000), (before, requests) => {
        const known = before.map(([minutesAgo, had]) => count(minutesAgo, had));
        const rate = requestsPerMinute(known, [count(0, requests)]);
        const isKnown = before.some(([minutesAgo, had]) => minutesAgo >= 1 && had <= requests);
        expect(rate !== null).toBe(isKnown);
        expect(Number.isFinite(rate ?? 0) && (rate ?? 0) >= 0).toBe(true);
      }),
    );
  });

  it("of several doors add up", () => {
    const before = [count(60, 0), count(60, 0, { service: "api" })];
    expect(requestsPerMinute(before, [count(0, 600), count(0, 60, { service: "api" })])).toBe(11);
  });

  it("are what a steady rate is, however often it was counted", () => {
    const rate = fc.integer({ min: 0, max: 100_000 });
    const moments = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rate, moments, (perMinute, ago) => {
        const before = ago.map((minutes) => count(minutes, (20_000 - minutes) * perMinute));
        expect(requestsPerMinute(before, [count(0, 20_000 * perMinute)])).toBeCloseTo(perMinute, 6);
      }),
    );
  });
});
