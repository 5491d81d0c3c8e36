import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Point, theilSen } from "./theil-sen.ts";

const line = (n: number, slope: number, of: (x: number) => number = () => 0): Point[] =>
  Array.from({ length: n }, (_, x) => ({ x, y: slope * x + of(x) }));

describe("the slope of points", () => {
  it("is that of a line, and is sure of it", () => {
    expect(theilSen(line(20, 3))).toEqual({ slope: 3, lower: 3 });
  });

  it("is `null` where no two points differ in time", () => {
    expect(theilSen([])).toBeNull();
    expect(
      theilSen([
        { x: 1, y: 5 },
        { x: 1, y: 9 },
      ]),
    ).toBeNull();
  });

  it("is not moved by a few wild points", () => {
    const points = line(20, 3).map((point) => (point.x % 5 === 0 ? { ...point, y: 1_000 * (point.x - 7) } : point));
    expect(theilSen(points)?.slope).toBeCloseTo(3, 6);
  });

  it("is not sure of a rise where there is only noise", () => {
    const noise = [3, 9, 1, 7, 4, 8, 2, 6, 5, 9, 1, 4, 7, 3, 8, 2];
    expect(theilSen(noise.map((y, x) => ({ x, y })))?.lower).toBeLessThan(0);
  });

  it("follows what is added to all points, and never says less than it is sure of", () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (ys, rise, offset) => {
        const one = theilSen(ys.map((y, x) => ({ x, y })));
        const moved = theilSen(ys.map((y, x) => ({ x, y: y + rise * x + offset })));
        if (!one || !moved) return false;
        return one.lower <= one.slope && Math.abs(moved.slope - one.slope - rise) < 1e-6;
      }),
    );
  });
});
