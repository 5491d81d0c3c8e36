import { expect, it } from "vitest";
import { mayBeOfRun } from "./open-desk.ts";

it.each([
  ["${GITHUB_TOKEN}", "ghs_a", true],
  ["${env:GITHUB_TOKEN}", "ghs_a", true],
  ["${env:APP_TOKEN}", "ghs_a", false],
  ["${GITHUB_TOKEN}", "ghp_a", false],
  ["${GITHUB_TOKEN}", "github_pat_a", false],
  ["${GITHUB_TOKEN}", "gho_a", false],
])("a token in %s that is %s may be that of a run: %s", (reference, token, expected) => {
  expect(mayBeOfRun(reference, token)).toBe(expected);
});
