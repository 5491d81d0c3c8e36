import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aConfig } from "../../testing/a-config.ts";
import { autoSteps, rolloutSteps } from "./rollout-steps.ts";

const rates = fc.double({ min: 0, max: 1e6, noNaN: true });
const enough = fc.integer({ min: 1, max: 1_000 });
const firstOf = (perMinute: number, wanted = 50) => autoSteps(perMinute, wanted)[0] ?? { share: 0, for: 0 };

describe("steps by the traffic", () => {
  it("begin small where there are many requests, and large and long where there are few", () => {
    expect(firstOf(10_000)).toMatchObject({ share: 1, for: 30_000 });
    expect(firstOf(600)).toMatchObject({ share: 5, for: 100_000 });
    expect(firstOf(100)).toMatchObject({ share: 25, for: 120_000 });
    expect(firstOf(20)).toMatchObject({ share: 50, for: 300_000 });
    expect(firstOf(0)).toMatchObject({ share: 50, for: 600_000 });
  });

  it("always are steps that a configuration may have, within half an hour", () => {
    fc.assert(
      fc.property(rates, enough, (perMinute, wanted) => {
        const steps = autoSteps(perMinute, wanted);
        expect(steps.at(-1)).toEqual({ share: 100, for: 0, approval: false });
        for (const [index, { share, for: ms }] of steps.entries()) {
          expect(share).toBeGreaterThan(steps[index - 1]?.share ?? 0);
          expect(ms).toBeLessThanOrEqual(600_000);
          expect(share === 100 || ms >= 30_000).toBe(true);
        }
        expect(steps.reduce((sum, { for: ms }) => sum + ms, 0)).toBeLessThanOrEqual(1_800_000);
      }),
    );
  });

  it("never begin with a larger share because there is more traffic, nor last longer once two minutes are enough", () => {
    fc.assert(
      fc.property(rates, rates, enough, (one, other, wanted) => {
        const [few, many] = [firstOf(Math.min(one, other), wanted), firstOf(Math.max(one, other), wanted)];
        expect(many.share).toBeLessThanOrEqual(few.share);
        expect(few.for <= 120_000 || many.for <= few.for).toBe(true);
      }),
    );
  });

  it("show enough requests of the candidate in the first step, wherever ten minutes can", () => {
    fc.assert(
      fc.property(rates, enough, (perMinute, wanted) => {
        const { share, for: ms } = firstOf(perMinute, wanted);
        const shown = (share / 100) * perMinute * (ms / 60_000);
        expect(shown >= wanted * (1 - 1e-9) || ms === 600_000).toBe(true);
      }),
    );
  });
});

describe("the steps of a rollout", () => {
  it("are those of the configuration, whatever the traffic", () => {
    const config = aConfig({ rollout: { steps: [10, 100] } });
    expect(rolloutSteps(config, 1e6).map(({ share }) => share)).toEqual([10, 100]);
  });

  it("are chosen with `auto`, as for few requests where nobody counted", () => {
    const config = aConfig({ rollout: { steps: "auto" } });
    expect(rolloutSteps(config, 6_000).map(({ share }) => share)).toEqual([1, 10, 100]);
    expect(rolloutSteps(config, null).map(({ share }) => share)).toEqual([50, 100]);
  });
});
