import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fisherGreater, inOrder, quantile, rankGreater, upperTail, wilsonBounds } from "./statistics.ts";

/** n choose k by multiplication, exact for small numbers. */
function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let result = 1n;
  for (let step = 1n; step <= BigInt(k); step++) result = (result * (BigInt(n) - step + 1n)) / step;
  return result;
}

/** Fisher's test by counting, in whole numbers. */
function fisherByCounting(hits: number, n: number, otherHits: number, otherN: number): number {
  const total = hits + otherHits;
  let atLeast = 0n;
  for (let k = hits; k <= n; k++) atLeast += choose(n, k) * choose(otherN, total - k);
  return Number((atLeast * 10n ** 18n) / choose(n + otherN, total)) / 1e18;
}

const counted = (most: number) =>
  fc
    .integer({ min: 0, max: most })
    .chain((n) => fc.record({ n: fc.constant(n), hits: fc.integer({ min: 0, max: n }) }));

describe("Fisher's exact test", () => {
  it("is what counting gives", () => {
    fc.assert(
      fc.property(counted(80), counted(80), (sample, other) => {
        const exact = fisherByCounting(sample.hits, sample.n, other.hits, other.n);
        expect(fisherGreater(sample, other)).toBeCloseTo(exact, 10);
      }),
      { numRuns: 500 },
    );
  });

  it("knows the lady who tastes tea: 4 of 4 is 1 in 70, 3 of 4 is 17 in 70", () => {
    expect(fisherGreater({ hits: 4, n: 4 }, { hits: 0, n: 4 })).toBeCloseTo(1 / 70, 12);
    expect(fisherGreater({ hits: 3, n: 4 }, { hits: 1, n: 4 })).toBeCloseTo(17 / 70, 12);
  });

  it("stays a probability, falls with more hits, and is quick for millions", () => {
    fc.assert(
      fc.property(counted(1_000_000), counted(1_000_000), (sample, other) => {
        const p = fisherGreater(sample, other);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        fc.pre(sample.hits < sample.n);
        expect(fisherGreater({ ...sample, hits: sample.hits + 1 }, other)).toBeLessThanOrEqual(p + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("tells nothing from nothing", () => {
    expect(fisherGreater({ hits: 0, n: 0 }, { hits: 0, n: 0 })).toBe(1);
    expect(fisherGreater({ hits: 0, n: 10 }, { hits: 3, n: 10 })).toBeCloseTo(1, 12);
  });
});

describe("Wilson's bounds", () => {
  it("are those of the tables for no error among n (95 %, one-sided)", () => {
    for (const [n, upper] of [
      [20, 0.119],
      [30, 0.083],
      [60, 0.043],
      [100, 0.026],
      [300, 0.009],
    ] as const) {
      expect(wilsonBounds({ hits: 0, n }, 0.05).upper).toBeCloseTo(upper, 3);
    }
  });

  it("solve the equation they come from, and hold the rate between them", () => {
    const alpha = fc.double({ min: 1e-5, max: 0.2, noNaN: true });
    fc.assert(
      fc.property(counted(5_000), alpha, ({ hits, n }, risk) => {
        fc.pre(n > 0);
        const { lower, upper } = wilsonBounds({ hits, n }, risk);
        const rate = hits / n;
        expect(lower).toBeLessThanOrEqual(rate + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(rate - 1e-12);
        const tailAt = (bound: number) => upperTail(Math.abs(rate - bound) / Math.sqrt((bound * (1 - bound)) / n));
        expect(upper === 1 || hits === n ? risk : tailAt(upper)).toBeCloseTo(risk, 5);
        expect(lower === 0 || hits === 0 ? risk : tailAt(lower)).toBeCloseTo(risk, 5);
      }),
    );
  });

  it("of nothing are everything", () => {
    expect(wilsonBounds({ hits: 0, n: 0 }, 0.05)).toEqual({ lower: 0, upper: 1 });
  });
});

describe("the normal distribution's upper tail", () => {
  it.each([
    [0, 0.5],
    [1, 0.158_655_253_9],
    [1.644_853_627, 0.05],
    [3, 1.349_898_032e-3],
    [5, 2.866_515_719e-7],
    [8, 6.220_960_574e-16],
    [-1, 0.841_344_746_1],
  ])("beyond %f is %f", (z, p) => {
    expect(upperTail(z) / p).toBeCloseTo(1, 6);
  });
});

describe("quantiles", () => {
  it("are members of the sample that the right part does not exceed", () => {
    const sample = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(sample, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
        const value = quantile(inOrder(values), q);
        expect(values).toContain(value);
        expect(values.filter((other) => other <= value).length / values.length).toBeGreaterThanOrEqual(q - 1e-12);
        expect(values.filter((other) => other < value).length / values.length).toBeLessThan(q);
      }),
    );
  });

  it("know numbers from texts, and nothing of nothing", () => {
    expect(quantile(inOrder([9, 10, 100, 1]), 0.5)).toBe(9);
    expect(quantile(inOrder([]), 0.95)).toBeNaN();
  });
});

/** The same test from its definition: all pairs, and the ties counted by value. */
function rankByPairs(sample: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const mine of sample) for (const theirs of other) wins += mine > theirs ? 1 : mine === theirs ? 0.5 : 0;
  const total = sample.length + other.length;
  const counts = new Map<number, number>();
  for (const value of [...sample, ...other]) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
  const pairs = sample.length * other.length;
  const variance = (pairs / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance <= 0 ? 1 : upperTail((wins - pairs / 2 - 0.5) / Math.sqrt(variance));
}

describe("the rank test", () => {
  const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });

  it("is what its definition gives, ties included", () => {
    fc.assert(
      fc.property(values, values, (sample, other) => {
        expect(rankGreater(inOrder(sample), inOrder(other))).toBeCloseTo(rankByPairs(sample, other), 10);
      }),
    );
  });

  it("is close to the exact one for small samples: all arrangements counted", () => {
    const sample = [3, 5, 8, 9, 11, 12];
    const other = [1, 2, 4, 6, 7, 10];
    const all = [...sample, ...other];
    const observed = winsOf(sample, other);
    let atLeast = 0;
    let arrangements = 0;
    for (let mask = 0; mask < 2 ** all.length; mask++) {
      const mine = all.filter((_, index) => mask & (1 << index));
      if (mine.length !== sample.length) continue;
      arrangements += 1;
      const theirs = all.filter((_, index) => !(mask & (1 << index)));
      if (winsOf(mine, theirs) >= observed) atLeast += 1;
    }
    expect(rankGreater(inOrder(sample), inOrder(other))).toBeCloseTo(atLeast / arrangements, 2);
  });

  it("leaves out what is no finite number", () => {
    expect(inOrder([3, Number.NaN, 1, Number.POSITIVE_INFINITY])).toEqual(Float64Array.of(1, 3));
    expect(rankGreater(inOrder([5, Number.NaN]), inOrder([5, 4]))).toBe(rankGreater(inOrder([5]), inOrder([5, 4])));
  });

  it("tells nothing where all are equal or there are none", () => {
    expect(rankGreater(inOrder([5, 5, 5]), inOrder([5, 5]))).toBe(1);
    expect(rankGreater(inOrder([]), inOrder([1]))).toBe(1);
    expect(rankGreater(inOrder([1]), inOrder([]))).toBe(1);
  });
});

function winsOf(sample: readonly number[], other: readonly number[]): number {
  return sample.reduce((sum, mine) => sum + other.filter((theirs) => mine > theirs).length, 0);
}
