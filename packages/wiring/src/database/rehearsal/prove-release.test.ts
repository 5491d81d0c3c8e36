import { parseConfig, releaseChecks } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { patient } from "./prove-release.ts";

it("what is slow on a copy is not broken: checks wait longer, are tried again, and judge no time", () => {
  const text = "checks: [{ name: fast, timeout: 1s, http: { path: /, maxTime: 100ms } }]";
  const checks = releaseChecks(parseConfig(text, "sluice.yaml"), [aService("web")]).map(patient);
  for (const check of checks) expect(check).toMatchObject({ timeoutMs: 30_000, retries: 2 });
  expect(checks.find(({ name }) => name === "fast")).toMatchObject({ expect: { maxMs: undefined } });
});

it("what was more patient already stays so", () => {
  const text = "checks: [{ name: slow, timeout: 5m, retries: 9, command: { run: [x] } }]";
  const [, slow] = releaseChecks(parseConfig(text, "sluice.yaml"), [aService("web")]).map(patient);
  expect(slow).toMatchObject({ timeoutMs: 300_000, retries: 9 });
});
