import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialTail, poissonTail } from "./tails.ts";

describe("tails", () => {
  it("are those of tables", () => {
    expect(binomialTail(5, 5, 0.5)).toBeCloseTo(1 / 32, 12);
    expect(binomialTail(9, 10, 0.5)).toBeCloseTo(11 / 1024, 12);
    expect(poissonTail(3, 1)).toBeCloseTo(1 - Math.exp(-1) * 2.5, 12);
  });

  it("is the sum of the terms, by whatever way it is added up", () => {
    const cases = fc.tuple(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(cases, ([hits, misses, q]) => {
        const n = hits + misses;
        const tail = binomialTail(hits, n, q);
        if (hits <= n * q) return tail === 1;
        let sum = 0;
        for (let k = hits; k <= n; k++) sum += choose(n, k) * q ** k * (1 - q) ** (n - k);
        return Math.abs(tail - sum) < 1e-9;
      }),
    );
  });

  it("falls with every further hit, and stays a probability where the numbers are large", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000 }),
        fc.double({ min: 0, max: 20_000, noNaN: true }),
        (hits, mean) => {
          const [one, next] = [poissonTail(hits, mean), poissonTail(hits + 1, mean)];
          return one >= next && next >= 0 && one <= 1;
        },
      ),
    );
  });
});

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}
