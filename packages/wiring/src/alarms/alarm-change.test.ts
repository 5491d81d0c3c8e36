import { describe, expect, it } from "vitest";
import { type AlarmState, alarmChange, parseAlarmState, repeatMs } from "./alarm-change.ts";

const began = new Date("2026-05-01T08:00:00.000Z");
const after = (ms: number) => new Date(began.getTime() + ms);
const lasting = (failing: readonly string[]): AlarmState => ({
  since: began.toISOString(),
  toldAt: began.toISOString(),
  failing,
});

describe("an alarm", () => {
  it("is raised when something begins to fail, and remembers what", () => {
    expect(alarmChange(null, ["web", "api"], began)).toEqual({
      word: "raised",
      since: began.toISOString(),
      next: lasting(["web", "api"]),
    });
  });

  it("is none where nothing fails, and nothing did", () => {
    expect(alarmChange(null, [], began)).toBeNull();
  });

  it.each([
    ["the same fails again", ["web", "api"]],
    ["less fails than before", ["api"]],
  ])("is not raised again where %s", (_what, failing) => {
    expect(alarmChange(lasting(["web", "api"]), failing, after(repeatMs - 1))).toBeNull();
  });

  it("is raised again where something else fails too, and that which comes and goes is told once", () => {
    const change = alarmChange(lasting(["web"]), ["api"], after(60_000));
    expect(change).toMatchObject({ word: "raised", since: began.toISOString(), next: { failing: ["web", "api"] } });
    expect(alarmChange(change?.next ?? null, ["web"], after(120_000))).toBeNull();
  });

  it("that lasts is raised once a day, with what fails then", () => {
    expect(alarmChange(lasting(["web", "api"]), ["web"], after(repeatMs))).toEqual({
      word: "raised",
      since: began.toISOString(),
      next: { ...lasting(["web"]), toldAt: after(repeatMs).toISOString() },
    });
  });

  it("ends once, and says since when it lasted", () => {
    expect(alarmChange(lasting(["web"]), [], after(1))).toEqual({
      word: "ended",
      since: began.toISOString(),
      next: null,
    });
  });

  it("is not silent until a wall time that was ahead has come", () => {
    expect(alarmChange(lasting(["web"]), ["web"], after(-60_000))).toMatchObject({ word: "raised" });
  });
});

describe("what is remembered of an alarm", () => {
  it("is read as it was written", () => {
    expect(parseAlarmState(JSON.stringify(lasting(["web"])))).toEqual(lasting(["web"]));
  });

  it.each([undefined, "null", "", "{", "[]", '{"since":"x","toldAt":"x","failing":[]}', '{"failing":["web"]}'])(
    "is nothing where it cannot be read: %s",
    (text) => {
      expect(parseAlarmState(text)).toBeNull();
    },
  );
});
