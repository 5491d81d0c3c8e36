import type { Verdict } from "@sluice/core";
import { aRequest } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { type ProofFacts, proofObjections } from "./proof-objections.ts";

const proven: ProofFacts = {
  stack: "shop-staging",
  serving: { release: "r", tag: "v2", slot: "blue", share: 100 },
  liveSince: "2026-01-01T11:00:00Z",
  unfinished: null,
  findings: [],
  verdicts: [],
};
const verdict = (result: Verdict["result"], onNoData?: Verdict["onNoData"]): Verdict => ({
  check: "buy",
  result,
  value: "500",
  limit: "200",
  n: 1,
  onNoData,
});
const objections = (over: Partial<ProofFacts>, minimumMs = 1_800_000) =>
  proofObjections(
    { ...proven, ...over },
    { now: new Date("2026-01-01T12:00:00Z"), minimumMs, release: aRequest("v2") },
  );

describe("a release is proven", () => {
  it("when it has served everybody for long enough", () => {
    expect(objections({ verdicts: [verdict("pass")] })).toEqual([]);
    expect(objections({ findings: [{ severity: "warn", code: "way-back-cold", message: "m" }] })).toEqual([]);
    expect(objections({}, 3_600_000)).toEqual([]);
  });

  it.each([undefined, "warn", "pass"] as const)("also where a check without data counts as %s", (onNoData) => {
    expect(objections({ verdicts: [verdict("no-data", onNoData)] })).toEqual([]);
  });

  it.each([
    [{ serving: null }, /serves nothing/],
    [{ serving: { release: "r", tag: "v2", slot: "blue", share: 5 } }, /only 5 %/],
    [{ unfinished: { deployment: "d", tag: "v3", since: "", canResume: true, canAbort: true } }, /without an end: v3/],
    [{ liveSince: "2026-01-01T11:30:01Z" }, /v2 has not served in shop-staging for 30 minutes/],
    [{ liveSince: null }, /has not served/],
    [
      { findings: [{ severity: "error", code: "door-stopped", message: "door stopped" }] },
      /shop-staging: door stopped/,
    ],
    [{ verdicts: [verdict("fail")] }, /buy fails/],
    [{ verdicts: [verdict("no-data", "fail")] }, /buy has no data/],
  ] as const)("not when %j", (over, reason) => {
    expect(objections(over)).toEqual([expect.stringMatching(reason)]);
  });
});
