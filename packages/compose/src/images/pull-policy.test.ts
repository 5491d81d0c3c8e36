import { expect, it } from "vitest";
import { pullOf } from "./pull-policy.ts";

it.each([
  ["always", "anew", "anew"],
  ["daily", "anew", "anew"],
  ["weekly", "anew", "anew"],
  ["every_12h", "anew", "anew"],
  ["missing", null, "missing"],
  ["if_not_present", null, "missing"],
  [undefined, null, "missing"],
  ["never", null, null],
  ["build", null, null],
])("pull_policy %s: %s where the image is there, %s where it is not", (policy, there, absent) => {
  expect(pullOf(policy, true)).toBe(there);
  expect(pullOf(policy, false)).toBe(absent);
});
