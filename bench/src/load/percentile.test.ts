import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, percentile, spreadOf } from "./percentile.ts";

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });

describe("percentile", () => {
  it("is the smallest value that enough values do not exceed", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        const sorted = list.toSorted((a, b) => a - b);
        const value = percentile(sorted, percent);
        const upTo = (limit: number) => sorted.filter((other) => other <= limit).length;
        expect(upTo(value)).toBeGreaterThanOrEqual((percent / 100) * sorted.length);
        const below = sorted.filter((other) => other < value).length;
        expect(below).toBeLessThan((percent / 100) * sorted.length);
      }),
    );
  });

  it("of a hundred values is one of them, by rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(spreadOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  });

  it("of nothing is zero", () => {
    expect(spreadOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
  });
});

describe("median", () => {
  it("is the middle, or the mean of both middles", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  it("leaves as many values on either side", () => {
    fc.assert(
      fc.property(values, (list) => {
        const middle = median(list);
        const below = list.filter((value) => value < middle).length;
        const above = list.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(list.length / 2);
      }),
    );
  });
});
