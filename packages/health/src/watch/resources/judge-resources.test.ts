import type { ContainerFall, ContainerUsage } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aResourcesCheck, mib, usages } from "../../../test/watched-checks.ts";
import { judgeResources } from "./judge-resources.ts";

const judge = (
  samples: readonly ContainerUsage[],
  {
    check = aResourcesCheck(),
    previous = null,
    falls = [],
  }: { check?: ReturnType<typeof aResourcesCheck>; previous?: number | null; falls?: readonly ContainerFall[] } = {},
) =>
  judgeResources(check, {
    series: [{ name: "web", samples, previousBytes: previous === null ? null : previous * mib }],
    falls,
  });

const steady = usages(40, () => 80);

describe("what a version uses", () => {
  it("passes for one that stays as it is, with what was seen", () => {
    expect(judge(steady)).toEqual({
      result: "pass",
      value: "at most 80 MiB, 25 % of a processor, 0 MiB more a minute",
      limit: "at most 95 % of a memory limit, 50 MiB more a minute, no restart; none killed for memory",
      n: 21,
    });
  });

  it("fails for a leak", () => {
    expect(judge(usages(40, (second) => 80 + second * 2))).toMatchObject({
      result: "fail",
      value: "web grows by 120 MiB a minute, to 156 MiB",
      limit: "at most 50 MiB more a minute",
    });
  });

  it("fails for a leak under the noise of a collector", () => {
    const saw = usages(60, (second) => 80 + second * 3 - (second % 10 === 0 ? 25 : 0));
    expect(judge(saw).result).toBe("fail");
  });

  it("takes a start that settles for no leak", () => {
    for (const settled of [14, 22, 30]) {
      expect(judge(usages(40, (second) => 40 + Math.min(second, settled) * 12)).result).toBe("pass");
    }
  });

  it("takes growth below what the version before uses for no leak", () => {
    const growing = usages(40, (second) => 80 + second * 2);
    expect(judge(growing, { previous: 400 }).result).toBe("pass");
    expect(judge(growing, { previous: 100 }).result).toBe("fail");
  });

  it("takes growth that slows down for no leak, however long its end is", () => {
    const filled = usages(60, (second) => 80 + 100 * (1 - Math.exp(-second / 9)));
    for (let n = 1; n <= filled.length; n++) expect(judge(filled.slice(0, n)).result).not.toBe("fail");
  });

  it("waits where growth has slowed down by half, until it is that of a leak", () => {
    const slower = usages(120, (second) => 80 + Math.min(second, 32) * 6 + Math.max(0, second - 32));
    expect(judge(slower.slice(0, 31))).toMatchObject({ result: "no-data", isEarly: true });
    expect(judge(slower).result).toBe("fail");
  });

  it("fails for what is about to pass its limit, before it is killed", () => {
    const limit = { memoryLimitBytes: 300 * mib };
    const fast = (to: number) => usages(to, (second) => 100 + second * 7, limit);
    expect(judge(fast(22))).toMatchObject({
      result: "fail",
      value: "web uses 254 MiB and grows",
      limit: "at most 95 % of its 300 MiB, which it is about to pass",
    });
    expect(judge(fast(18)).result).toBe("no-data");
    expect(judge(fast(22), { previous: 260 }).result).toBe("no-data");
    const settling = usages(40, (second) => 100 + Math.min(second, 18) * 7, limit);
    for (let n = 1; n <= settling.length; n++) expect(judge(settling.slice(0, n)).result).not.toBe("fail");
  });

  it("says that growth needs more time, which stops nothing", () => {
    expect(judge(usages(10, (second) => 80 + second * 2))).toMatchObject({
      result: "no-data",
      isEarly: true,
      value: "at most 100 MiB, 25 % of a processor; growth needs 30s",
    });
  });

  it("takes a longer span where samples are few", () => {
    const seldom = usages(150, (second) => 80 + second * 2).filter((_, index) => index % 3 === 0);
    expect(judge(seldom.slice(0, 8))).toMatchObject({ result: "fail", n: 8 });
    expect(judge(seldom)).toMatchObject({ result: "fail", n: 24 });
  });

  it("says how many looks growth needs where those take longer than the window", () => {
    const check = aResourcesCheck({ intervalMs: 2_000, growth: { max: 20 * mib, windowMs: 5_000 } });
    expect(judge(steady.slice(0, 5), { check })).toMatchObject({
      result: "no-data",
      value: "at most 80 MiB, 25 % of a processor; growth needs 8 looks, about 14s",
    });
  });

  describe("of growth above the limit that may be chance", () => {
    const check = aResourcesCheck({ intervalMs: 2_000, growth: { max: 20 * mib, windowMs: 5_000 } });
    const collected = usages(60, (second) => 80 + second * 3 - (second % 8 === 4 ? 20 : 0));

    it("says so, which neither passes nor stops anything", () => {
      expect(judge(collected.slice(0, 9), { check })).toMatchObject({
        result: "no-data",
        isEarly: true,
        value: expect.stringMatching(/; web grows by 1\d\d MiB a minute, which may be chance so far$/),
      });
    });

    it("is sure of a leak after some more looks, however short the window is", () => {
      const results = collected.map((_, index) => judge(collected.slice(0, index + 1), { check }).result);
      expect(results).not.toContain("pass");
      expect(results.slice(0, 24)).toContain("fail");
    });

    it("passes below what the version before uses, and says that it is", () => {
      expect(judge(collected.slice(0, 9), { check, previous: 400 })).toMatchObject({
        result: "pass",
        value: expect.stringMatching(/MiB more a minute, below the 400 MiB of the version before$/),
      });
    });
  });

  it("never passes with a pace above the limit", () => {
    const noises = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 31, maxLength: 31 });
    const windows = fc.constantFrom(5_000, 20_000, 30_000);
    fc.assert(
      fc.property(noises, fc.integer({ min: 0, max: 4 }), windows, (noise, rise, windowMs) => {
        const samples = usages(60, (second) => 80 + rise * second + (noise[second / 2] ?? 0));
        const sight = judge(samples, { check: aResourcesCheck({ growth: { max: 50 * mib, windowMs } }) });
        const pace = Number(/(-?[\d.]+) MiB more a minute/.exec(sight.value)?.[1]);
        expect(sight.result === "pass" && pace > 50).toBe(false);
      }),
    );
  });

  it("fails for what fell: killed for memory, ended, or started again unseen", () => {
    const fall = { container: "new", at: 0, exitCode: null };
    const [killed, ended] = [
      { ...fall, kind: "oom" as const },
      { ...fall, kind: "die" as const, exitCode: 137 },
    ];
    expect(judge(steady, { falls: [killed] })).toMatchObject({ result: "fail", value: "killed for memory 1 times" });
    expect(judge(steady, { falls: [ended] })).toMatchObject({ result: "fail", value: "ended 1 times, exit code 137" });
    const again = [...steady, ...usages(4, () => 40, { startedAt: "2026-01-01T00:00:41Z" })];
    expect(judge(again)).toMatchObject({ result: "fail", value: "ended 1 times" });
    expect(judge(again, { check: aResourcesCheck({ restarts: 1 }) }).result).not.toBe("fail");
  });

  it("fails above the limits of memory and processor", () => {
    const check = aResourcesCheck({ memory: { max: 64 * mib, ofLimit: 95 } });
    expect(judge(steady, { check })).toMatchObject({ result: "fail", value: "web uses 80 MiB" });
    const limited = usages(40, () => 98, { memoryLimitBytes: 100 * mib });
    expect(judge(limited)).toMatchObject({ result: "fail", limit: "at most 95 % of its 100 MiB" });
    expect(judge(steady, { check: aResourcesCheck({ cpuMax: 20 }) })).toMatchObject({
      result: "fail",
      value: "web uses 25 % of a processor",
    });
  });

  it("is no more where the engine's clock was set back meanwhile", () => {
    const setBack = steady.map((one, index) => (index < 10 ? one : { ...one, at: one.at - 15_000 }));
    expect(judge(setBack, { check: aResourcesCheck({ cpuMax: 26 }) }).value).toContain("25 % of a processor");
  });

  it("has no data where nothing runs", () => {
    expect(judge([])).toMatchObject({ result: "no-data", value: "nothing runs", n: 0 });
    expect(judge([]).isEarly).toBeUndefined();
  });

  it("never fails one that does not grow, however it swings", () => {
    const swings = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 20, maxLength: 50 });
    fc.assert(
      fc.property(swings, (values) => {
        // There and back again: as much falls as grows.
        const mirrored = [...values, ...values.toReversed()];
        const samples = usages(mirrored.length * 2 - 2, (second) => mirrored[second / 2] ?? 0);
        const check = aResourcesCheck({ growth: { max: 1, windowMs: mirrored.length * 2_000 - 2_000 } });
        expect(judge(samples, { check }).result).toBe("pass");
      }),
    );
  });
});
