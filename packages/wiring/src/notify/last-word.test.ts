import { createEvent, type EventBody, type SluiceEvent } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { createLastWord } from "./last-word.ts";

const event = (body: EventBody): SluiceEvent => createEvent(new Date(0), body);
const finding = (message: string) =>
  event({ type: "finding", finding: { severity: "info", code: "not-asked", message } });
const end = (deployment: string) =>
  event({
    type: "deployment-end",
    deployment,
    outcome: "live",
    exitCode: 0,
    release: "r1",
    tag: "v1",
    serving: null,
    previous: null,
    durationMs: 1,
  });

function setUp() {
  const told: string[] = [];
  const lastWord = createLastWord((one) => {
    if (one.type === "finding") told.push(one.finding.message);
    if (one.type === "deployment-end") told.push(`end ${one.deployment}`);
  });
  return { told, lastWord };
}

describe("the last word", () => {
  it("stays the last, whatever is said after it", () => {
    const { told, lastWord } = setUp();
    const held = lastWord.hold();
    lastWord.sink(finding("a"));
    lastWord.sink(end("d1"));
    held.say(finding("b"));
    expect(told).toEqual(["a", "b"]);
    held.release();
    expect(told).toEqual(["a", "b", "end d1"]);
  });

  it("of a deployment that was recovered comes before the next one begins", () => {
    const { told, lastWord } = setUp();
    const held = lastWord.hold();
    lastWord.sink(end("d1"));
    lastWord.sink(finding("a"));
    lastWord.sink(end("d2"));
    held.release();
    expect(told).toEqual(["end d1", "a", "end d2"]);
    expect(held.ends.map(({ deployment }) => deployment)).toEqual(["d1", "d2"]);
  });

  it("is not held when nobody holds it", () => {
    const { told, lastWord } = setUp();
    lastWord.sink(end("d1"));
    lastWord.hold().release();
    lastWord.sink(end("d2"));
    expect(told).toEqual(["end d1", "end d2"]);
  });
});
