import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../test/simulate.ts";
import { evidenceOfMore } from "./evidence.ts";

describe("evidence of more errors", () => {
  const counts = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.nat()).map(([n, hits]) => ({ n, hits: hits % (n + 1) }));

  it("is a finite number, and none where there is nothing", () => {
    fc.assert(
      fc.property(counts, counts, (sample, other) => {
        const evidence = evidenceOfMore(sample, other);
        expect(evidence >= 0 && evidence <= 1.01e300).toBe(true);
      }),
    );
    expect(evidenceOfMore({ n: 0, hits: 0 }, { n: 9, hits: 0 })).toBe(1);
  });

  it("grows with the hits of the sample, and shrinks with those of the other", () => {
    fc.assert(
      fc.property(counts, counts, ({ n, hits }, other) => {
        const evidence = evidenceOfMore({ n: n + 1, hits }, { n: other.n + 1, hits: other.hits });
        expect(
          evidenceOfMore({ n: n + 1, hits: hits + 1 }, { n: other.n + 1, hits: other.hits }),
        ).toBeGreaterThanOrEqual(evidence * (1 - 1e-9));
        expect(evidenceOfMore({ n: n + 1, hits }, { n: other.n + 1, hits: other.hits + 1 })).toBeLessThanOrEqual(
          evidence * (1 + 1e-9),
        );
      }),
    );
  });

  it.each([
    [0.05, 0.003],
    [0.5, 0.02],
    [0.25, 0.2],
  ])(
    "exceeds 20 in at most 5 %% of runs where both are alike, looked at after every request (share %f, errors %f)",
    (share, rate) => {
      const random = randomFrom(20_261_126);
      let exceeded = 0;
      const runs = 1_000;
      for (let run = 0; run < runs; run++) {
        const [sample, other] = [
          { n: 0, hits: 0 },
          { n: 0, hits: 0 },
        ];
        for (let request = 0; request < 600; request++) {
          const side = random() < share ? sample : other;
          side.n += 1;
          if (random() >= rate) continue;
          side.hits += 1;
          if (evidenceOfMore(sample, other) < 20) continue;
          exceeded += 1;
          break;
        }
      }
      // Twice the standard error above what is promised.
      expect(exceeded / runs).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt(0.05 / runs));
    },
  );
});
