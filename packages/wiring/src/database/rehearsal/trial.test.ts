import type { Verdict } from "@sluice/core";
import { aRelease } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { compare } from "./trial.ts";

const v1 = aRelease("v1");
const verdict = (check: string, result: Verdict["result"] = "pass"): Verdict => ({
  check,
  result,
  value: result === "pass" ? "status 200" : "status 500",
  limit: "status 200",
  n: 1,
});
const proof = (verdicts: readonly Verdict[], failure: string | null = null) => ({ failure, verdicts, notTested: [] });

describe("the release that serves, on the migrated copy", () => {
  it("is well when what passed before passes still", () => {
    const before = [verdict("web runs"), verdict("orders")];
    expect(compare(v1, before, proof(before))).toMatchObject({ release: "v1", result: "pass" });
  });

  it("is broken by the migration when a check fails that passed before", () => {
    const after = proof([verdict("web runs"), verdict("orders", "fail")]);
    expect(compare(v1, [verdict("web runs"), verdict("orders")], after)).toMatchObject({
      result: "fail",
      why: 'check "orders": status 500, expected status 200',
    });
  });

  it("is not blamed for a check that it never passed", () => {
    const both = [verdict("web runs"), verdict("new feature", "fail")];
    expect(compare(v1, both, proof(both))).toMatchObject({
      result: "pass",
      why: "1 of its checks passed; 1 did not pass before the migration either",
    });
    const none = [verdict("new feature", "fail")];
    expect(compare(v1, none, proof(none))).toMatchObject({ result: "not-tested" });
  });

  it("is broken when it does not even start any more", () => {
    expect(compare(v1, [verdict("web runs")], proof([], "web exited with code 1"))).toMatchObject({
      result: "fail",
      why: "web exited with code 1",
    });
  });
});
