import { type Verdict, withSettings } from "@sluice/core";
import { aConfig, aRelease } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { compare, ownChecks } from "./trial.ts";

const v1 = aRelease("v1");
const verdict = (check: string, result: Verdict["result"] = "pass"): Verdict => ({
  check,
  result,
  value: result === "pass" ? "status 200" : "status 500",
  limit: "status 200",
  n: 1,
});
const own: ReadonlySet<string> = new Set(["web runs", "orders"]);
const proof = (verdicts: readonly Verdict[], failure: string | null = null) => ({ failure, verdicts, notTested: [] });

describe("the release that serves, on the migrated copy", () => {
  it("is well when what passed before passes still", () => {
    const before = [verdict("web runs"), verdict("orders")];
    expect(compare(v1, before, proof(before), own)).toMatchObject({ release: "v1", result: "pass" });
  });

  it("is broken by the migration when a check fails that passed before", () => {
    const after = proof([verdict("web runs"), verdict("orders", "fail")]);
    expect(compare(v1, [verdict("web runs"), verdict("orders")], after, own)).toMatchObject({
      result: "fail",
      why: 'check "orders": status 500, expected status 200',
    });
  });

  it("is not blamed for a check that it never passed", () => {
    const both = [verdict("web runs"), verdict("new feature", "fail")];
    expect(compare(v1, both, proof(both), new Set(["web runs"]))).toMatchObject({
      result: "pass",
      why: "1 of its checks passed; 1 did not pass before the migration either",
    });
    const none = [verdict("new feature", "fail")];
    expect(compare(v1, none, proof(none), new Set())).toMatchObject({ result: "not-tested" });
  });

  it("is not seen to be well where a check of its own failed on the copy before, and fails still", () => {
    const both = [verdict("web runs"), verdict("orders", "fail")];
    expect(compare(v1, both, proof(both), own)).toMatchObject({
      result: "not-tested",
      why: 'check "orders" failed on the copy before the migration, too (status 500, expected status 200), and cannot tell; 1 of its checks passed',
    });
    expect(compare(v1, both, proof([verdict("web runs"), verdict("orders")]), own)).toMatchObject({ result: "pass" });
  });

  it("has as checks of its own those that it was deployed with, as they are still", () => {
    const check = (path: string) => ({ name: path, http: { path } });
    const now = aConfig({ checks: [check("/orders"), check("/new")] });
    const { bundle, ...rest } = aRelease("v1");
    const old = { ...rest, bundle: withSettings(bundle, aConfig({ checks: [check("/orders")] })) };
    expect(ownChecks(now, old)).toContain("/orders");
    expect(ownChecks(now, old)).not.toContain("/new");
    // Nobody knows what a release of before was deployed with.
    expect(ownChecks(now, aRelease("v1"))).toContain("/new");
  });

  it("is broken when it does not even start any more", () => {
    expect(compare(v1, [verdict("web runs")], proof([], "web exited with code 1"), own)).toMatchObject({
      result: "fail",
      why: "web exited with code 1",
    });
  });
});
