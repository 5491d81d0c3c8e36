import { createEvent } from "@sluice/core";
import type { AttemptRecord } from "@sluice/engine";
import { describe, expect, it } from "vitest";
import type { EndEvent } from "./last-word.ts";
import { lastNotification, notificationOf } from "./notification-of.ts";

const at = new Date("2026-05-01T10:00:00Z");
const place = { stack: "shop", link: undefined };
const serving = { release: "r1", tag: "v1", slot: "blue", share: 100 } as const;
const record = { v: 1, seq: 1, at: at.toISOString(), previous: "", hash: "" } as const;

function anEnd(over: Partial<EndEvent> = {}): EndEvent {
  const body = {
    type: "deployment-end",
    deployment: "d1",
    outcome: "failed",
    exitCode: 20,
    release: "r2",
    tag: "v2",
    serving,
    previous: null,
    durationMs: 5,
    reason: "no memory",
  } as const;
  return { ...(createEvent(at, body) as EndEvent), ...over };
}

const step = {
  id: "start-1",
  kind: "start",
  target: "web in green",
  cause: "",
  timeoutMs: 1,
  slot: "green",
  services: [],
};
const attempt = {
  start: {
    ...record,
    type: "deployment-start",
    deployment: "d1",
    kind: "rollback",
    tag: "v2",
    bundle: null,
    previousBundle: null,
    plan: { kind: "rollback", candidate: "green", previous: "blue", steps: [step] },
    actor: "ada",
    reason: "orders fail",
    consents: [],
  },
  outcomes: [
    { ...record, type: "step-outcome", deployment: "d1", step: "start-1", result: "failed", durationMs: 3 },
    { ...record, type: "step-outcome", deployment: "d1", step: "start-1", result: "undone", durationMs: 9 },
  ],
  begun: ["start-1"],
  end: {
    ...record,
    type: "deployment-end",
    deployment: "d1",
    outcome: "failed",
    release: "r2",
    tag: "v2",
    serving,
    durationMs: 5,
    reason: "no memory",
  },
  endings: ["failed"],
} as unknown as AttemptRecord;

describe("a notification", () => {
  it("is what the end says and what the record knows of its beginning", () => {
    expect(notificationOf(anEnd({ next: "sluice status" }), attempt, { ...place, link: "https://x/1" })).toEqual({
      id: "d1.failed",
      stack: "shop",
      deployment: "d1",
      outcome: "failed",
      kind: "rollback",
      release: "v2",
      serving,
      actor: "ada",
      reason: "orders fail",
      cause: "no memory",
      at: at.toISOString(),
      durationMs: 5,
      steps: [{ name: "start web in green", durationMs: 3 }],
      link: "https://x/1",
      next: "sluice status",
    });
  });

  it("does not say what serves where it could not be seen", () => {
    expect(notificationOf(anEnd({ serving: null, servingUnknown: true }), attempt, place)).not.toHaveProperty(
      "serving",
    );
    expect(notificationOf(anEnd({ serving: null }), attempt, place)).toHaveProperty("serving", null);
  });

  it("is made without a record too", () => {
    expect(notificationOf(anEnd(), undefined, place)).toMatchObject({ id: "d1.failed", kind: "deploy", actor: "" });
  });

  it.each(["nothing-to-do", "refused"] as const)("is not made of %s", (outcome) => {
    expect(notificationOf(anEnd({ outcome }), attempt, place)).toBeNull();
  });
});

describe("the last ending in the record", () => {
  const after = (ms: number) => new Date(at.getTime() + ms);

  it("is told by a later run under the same id, for an hour", () => {
    expect(lastNotification(attempt, after(3_600_000), place)).toEqual(notificationOf(anEnd(), attempt, place));
    expect(lastNotification(attempt, after(3_600_001), place)).toBeNull();
  });

  it("is another one where a person was needed before, and is again", () => {
    const again = { ...attempt, end: { ...attempt.end, outcome: "needs-person" }, endings: ["needs-person"] };
    const twice = { ...again, endings: ["needs-person", "needs-person"] } as unknown as AttemptRecord;
    const end = anEnd({ outcome: "needs-person" });
    expect(lastNotification(again as unknown as AttemptRecord, at, place)).toMatchObject({ id: "d1.needs-person" });
    expect(lastNotification(twice, at, place)).toMatchObject({ id: "d1.needs-person.2" });
    expect(notificationOf(end, twice, place)).toMatchObject({ id: "d1.needs-person.2" });
  });

  it("is another one than that it was left to a later run", () => {
    const end = anEnd({ outcome: "interrupted", next: "sluice resume" });
    expect(notificationOf(end, { ...attempt, end: null, endings: [] }, place)).toMatchObject({ id: "d1.left.resume" });
    expect(notificationOf(anEnd({ outcome: "interrupted" }), attempt, place)).toMatchObject({ id: "d1.interrupted" });
  });

  it("is none where there is none", () => {
    expect(lastNotification({ ...attempt, end: null }, at, place)).toBeNull();
  });
});
