import { describe, expect, it } from "vitest";
import { anAnswer } from "./answer.fake.ts";
import { phasesOf } from "./phases.ts";

describe("phases", () => {
  const marks = [
    { name: "after", at: 300 },
    { name: "during", at: 100 },
  ];
  const answers = [
    anAnswer({ dueAt: 10, sentAt: 12, endedAt: 20 }),
    anAnswer({ dueAt: 99, sentAt: 99, endedAt: 250 }),
    anAnswer({ dueAt: 100, sentAt: 100, endedAt: 105 }),
    anAnswer({ dueAt: 150, sentAt: 150, endedAt: 151, failure: { kind: "refused", detail: "ECONNREFUSED" } }),
    anAnswer({ dueAt: 160, sentAt: 160, endedAt: 2_160, stream: "slow" }),
    anAnswer({ dueAt: 310, sentAt: 310, endedAt: 314 }),
  ];
  const phases = phasesOf(answers, marks, 0, 400);

  it("begin at the marks, in the order of time", () => {
    expect(phases.map(({ name, from, to }) => [name, from, to])).toEqual([
      ["warm-up", 0, 100],
      ["during", 100, 300],
      ["after", 300, 400],
    ]);
  });

  it("own the requests that were due in them", () => {
    expect(phases.map(({ requests, failed }) => [requests, failed])).toEqual([
      [2, 0],
      [3, 1],
      [1, 0],
    ]);
  });

  it("measure latency from due time, of good ordinary answers only, and lateness apart", () => {
    expect(phases.map(({ latencyMs }) => latencyMs.max)).toEqual([151, 5, 4]);
    expect(phases[0]?.latenessMs.max).toBe(2);
  });
});
