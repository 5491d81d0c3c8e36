import { describe, expect, it } from "vitest";
import { condemnedBy } from "./condemned.ts";
import type { AttemptRecord } from "./journal-entries.ts";

type Outcome = AttemptRecord["outcomes"][number];
type Order = AttemptRecord["orders"][number];

const record = { v: 1, at: "2026-01-01T00:00:00.000Z", previous: "", hash: "", deployment: "d1" } as const;
const failed = (seq: number, code: string, step = "bake-1"): Outcome => ({
  ...record,
  type: "step-outcome",
  seq,
  step,
  result: "failed",
  durationMs: 0,
  error: { code, message: "20 % errors" },
});
const order = (seq: number, kind: Order["order"], changes: Partial<Order> = {}): Order => ({
  ...record,
  type: "order",
  seq,
  order: kind,
  actor: "ada",
  reason: "",
  ...changes,
});

describe("an attempt is condemned", () => {
  it("by a verdict, which says something of the release, and by nobody's answer, which does not", () => {
    expect(condemnedBy({ outcomes: [failed(1, "ANALYSIS_FAILED")], orders: [] })).toEqual({
      why: "bake-1 failed: 20 % errors",
      ofRelease: true,
    });
    expect(condemnedBy({ outcomes: [failed(1, "NOT_APPROVED")], orders: [] })).toMatchObject({ ofRelease: false });
    expect(condemnedBy({ outcomes: [failed(1, "ENGINE_FAILED")], orders: [] })).toBeUndefined();
  });

  it("no more once a person has it finished, but for what comes later; the end of a pause is no such word", () => {
    const outcomes = [failed(2, "ANALYSIS_FAILED")];
    const finished = (seq: number) => order(seq, "resume", { takesBack: true });
    expect(condemnedBy({ outcomes, orders: [order(1, "abort"), finished(3)] })).toBeUndefined();
    expect(condemnedBy({ outcomes, orders: [order(3, "resume")] })).toBeDefined();
    expect(condemnedBy({ outcomes, orders: [finished(1)] })).toBeDefined();
    expect(condemnedBy({ outcomes: [], orders: [finished(1), order(2, "abort")] })).toMatchObject({
      why: "aborted by ada",
    });
  });

  it("by no verdict that was left to a person, but by one that was not and came after such a one", () => {
    const pause = order(2, "pause", { actor: "sluice", byVerdict: true, step: "bake-1" });
    expect(condemnedBy({ outcomes: [failed(1, "ANALYSIS_FAILED")], orders: [pause] })).toBeUndefined();
    expect(condemnedBy({ outcomes: [failed(3, "NOT_READY")], orders: [pause] })).toBeDefined();
  });
});
