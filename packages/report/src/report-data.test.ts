import { createRedactor } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aBundle, anAttempt } from "../test/an-attempt.ts";
import { renderHtml, renderMarkdown, reportData } from "./index.ts";

const context = { stack: "shop", bundle: aBundle("b"), redact: (text: string) => text };

describe("the data of a report", () => {
  it("places steps, shares and verdicts on one scale", () => {
    const data = reportData(anAttempt({ text: "t" }), context);
    expect(data).toMatchObject({ outcome: "rolled-back", exitCode: 21, spanMs: 100_000, commit: "c0ffee b" });
    expect(data.steps.map(({ step, result, startMs }) => [step, result, startMs])).toEqual([
      ["shift-1", "failed", 1_000],
      ["shift-2", "done", 2_000],
      ["shift-3", "done", 3_000],
      ["shift-4", "no end", null],
    ]);
    expect(data.shares.map(({ atMs, share }) => [atMs, share])).toEqual([
      [1_000, 5],
      [9_000, 0],
    ]);
    expect(data.verdicts).toMatchObject([{ atMs: 9_000, slot: "green", n: 1_234 }]);
    expect(data.happenings.map(({ severity }) => severity)).toEqual(["error", "warn"]);
  });

  it("says that a release holds more than its commit", () => {
    const page = (changes: { readonly dirty?: true }) =>
      renderHtml(reportData(anAttempt({ text: "t" }), { ...context, bundle: { ...aBundle("b"), ...changes } }));
    expect(page({ dirty: true })).toContain("c0ffee b, with uncommitted changes");
    expect(page({})).not.toContain("uncommitted");
  });

  it("is there for a record of an older version, an attempt without an end and one that did nothing", () => {
    const attempt = anAttempt({ text: "t" });
    const outcomes = attempt.outcomes.map(({ at, step, result, durationMs }) => ({ at, step, result, durationMs }));
    const older = reportData({ ...attempt, outcomes }, { ...context, bundle: null });
    expect(older).toMatchObject({ shares: [], verdicts: [], happenings: [], images: [], commit: null });
    expect(renderHtml(older)).toContain("No change of shares is recorded.");
    const open = reportData({ ...attempt, end: null }, context);
    expect(open).toMatchObject({ outcome: null, exitCode: null, durationMs: null });
    expect(renderHtml(open)).toContain("the deployment has no end");
    const idle = { ...attempt, start: { ...attempt.start, plan: { ...attempt.start.plan, steps: [] } }, outcomes: [] };
    expect(renderHtml(reportData(idle, context))).toContain("Nothing was to be done.");
  });

  it("holds no secret, wherever one was", () => {
    const data = reportData(anAttempt({ text: "say hunter2-long!" }), {
      stack: "hunter2-long!",
      bundle: aBundle("hunter2-long!"),
      redact: createRedactor(["hunter2-long!"]),
    });
    for (const text of [JSON.stringify(data), renderHtml(data), renderMarkdown(data)]) {
      expect(text).not.toContain("hunter2");
      expect(text).toContain("redacted");
    }
  });

  it("is there for an attempt that saw more than a call takes arguments", () => {
    const attempt = anAttempt({ text: "t" });
    const seen = attempt.outcomes[0]?.observations?.[0];
    const observations = Array.from({ length: 130_000 }, () => seen).filter((one) => one !== undefined);
    const outcomes = attempt.outcomes.map((outcome) => ({ ...outcome, observations }));
    expect(reportData({ ...attempt, outcomes }, context)).toMatchObject({ spanMs: 100_000, shares: { length: 300 } });
  });

  it("shortens what is too long, after secrets are masked", () => {
    const secret = "s3cret-value";
    const { reason } = reportData(anAttempt({ text: `${"x".repeat(1_995)}${secret}${"y".repeat(100)}` }), {
      ...context,
      redact: createRedactor([secret]),
    });
    expect(reason).toMatch(/^x{1995}\[reda … \(105 characters more\)$/);
  });
});
