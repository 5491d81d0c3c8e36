import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAnswer } from "./answer.fake.ts";
import { longestGap } from "./gap.ts";

const goodAt = (endedAt: number) => anAnswer({ endedAt });

describe("longest gap", () => {
  it("is the longest time between two good answers", () => {
    expect(longestGap([10, 20, 300, 310].map(goodAt), 0, 320)).toEqual({ ms: 280, from: 20, to: 300 });
  });

  it("counts the time before the first and after the last good answer", () => {
    expect(longestGap([goodAt(900)], 0, 1_000).ms).toBe(900);
    expect(longestGap([goodAt(100)], 0, 1_000).ms).toBe(900);
    expect(longestGap([], 0, 1_000)).toEqual({ ms: 1_000, from: 0, to: 1_000 });
  });

  it("is not filled by failures, slow requests, or answers outside", () => {
    const failed = anAnswer({ endedAt: 500, failure: { kind: "reset", detail: "ECONNRESET" } });
    const slow = anAnswer({ endedAt: 600, stream: "slow" });
    expect(longestGap([failed, slow, goodAt(5_000)], 0, 1_000).ms).toBe(1_000);
  });

  it("is the same in whatever order the answers were recorded, and at least the mean", () => {
    const times = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 50 });
    fc.assert(
      fc.property(times, (list) => {
        const gap = longestGap(list.map(goodAt), 0, 1_000).ms;
        expect(longestGap(list.toReversed().map(goodAt), 0, 1_000).ms).toBe(gap);
        expect(gap).toBeGreaterThanOrEqual(1_000 / (list.length + 1) - 1e-9);
      }),
    );
  });
});
