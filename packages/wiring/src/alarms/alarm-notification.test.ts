import { describe, expect, it } from "vitest";
import { alarmNotification } from "./alarm-notification.ts";

const now = new Date("2026-05-01T10:00:00.000Z");
const since = "2026-05-01T08:00:00.000Z";
const textOf = (moment: Date) => `at ${moment.toISOString()}`;
const facts = { stack: "shop", now, link: "https://github.com/o/r/actions/runs/7", textOf };
const serving = { release: "r1", tag: "v1", slot: "blue", share: 100 } as const;
const trouble = { key: "GET /", text: "GET /: 503 (limit status 200)", hint: "sluice verify" };

describe("what people are told of an alarm", () => {
  it("is what fails, since when, what serves, what to type and where to read on", () => {
    expect(alarmNotification("checks", { word: "raised", since }, [trouble], { ...facts, serving })).toEqual({
      id: "alarm.checks.raised.2026-05-01T10:00:00.000Z",
      stack: "shop",
      outcome: "checks-failed",
      kind: "checks",
      release: "v1",
      serving,
      actor: "",
      reason: "",
      cause: "GET /: 503 (limit status 200)",
      at: now.toISOString(),
      since: { at: since, text: "at 2026-05-01T08:00:00.000Z" },
      next: "sluice verify",
      link: "https://github.com/o/r/actions/runs/7",
    });
  });

  it("is at its end how long it lasted, and no cause", () => {
    const ended = alarmNotification("drill", { word: "ended", since }, [], { ...facts, link: undefined });
    expect(ended).toMatchObject({ outcome: "backup-mended", kind: "drill", durationMs: 7_200_000 });
    expect(Object.keys(ended)).not.toEqual(expect.arrayContaining(["cause"]));
    expect(Object.keys(ended)).not.toEqual(expect.arrayContaining(["serving"]));
  });

  it("is bounded, however much fails, and however much each says", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ key: `c${index}`, text: "x".repeat(10_000) }));
    const { cause = "" } = alarmNotification("backup", { word: "raised", since }, many, facts);
    expect(cause).toMatch(/^x+…; .*; and 35 more$/);
    expect(cause.length).toBeLessThan(1_600);
  });
});
