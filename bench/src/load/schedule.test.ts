import { seededRandom } from "@sluice/testing/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shopLoad } from "./profile.ts";
import { dueAt, nextRequest } from "./schedule.ts";

describe("due times", () => {
  it("are a rate apart, from the start on, and do not drift", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000_000), fc.nat(1_000_000), (rate, start, index) => {
        expect(dueAt(start, rate, 0)).toBe(start);
        expect(dueAt(start, rate, index + rate) - dueAt(start, rate, index)).toBeCloseTo(1_000, 3);
      }),
    );
  });
});

describe("planned requests", () => {
  const plan = (seed: number, count: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => nextRequest(shopLoad("http://127.0.0.1:1"), random));
  };

  it("are the same in each run with the same seed, and others with another", () => {
    expect(plan(7, 50)).toEqual(plan(7, 50));
    expect(plan(7, 50)).not.toEqual(plan(8, 50));
  });

  it("are orders as often as asked, and come from every client", () => {
    const planned = plan(1, 5_000);
    const orders = planned.filter(({ method }) => method === "POST");
    expect(orders.length / planned.length).toBeCloseTo(0.2, 1);
    expect(orders.every(({ path }) => path === "/api/orders")).toBe(true);
    expect(new Set(planned.map(({ client }) => client)).size).toBe(40);
    expect(new Set(orders.map(({ client }) => client)).size).toBe(40);
  });

  it("draw numbers of the whole range [0, 1)", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const drawn = Array.from({ length: 200 }, random);
        expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...drawn)).toBeLessThan(1);
        expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(0.8);
      }),
    );
  });
});
