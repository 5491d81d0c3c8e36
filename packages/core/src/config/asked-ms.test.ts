import { expect, it } from "vitest";
import type { Check } from "../model/check.ts";
import { aConfig } from "../testing/index.ts";
import { askedMs } from "./asked-ms.ts";
import { configuredChecks } from "./release-checks.ts";

const minute = 60_000;
const command = { command: { run: ["smoke"] }, timeout: "10m" };
const load = { load: { path: "/", for: "2m" } };
const checks = (...written: readonly object[]): readonly Check[] =>
  configuredChecks(aConfig({ checks: written as never }));

it("checks are asked at once, each as often as it may be", () => {
  expect(askedMs([])).toBe(0);
  expect(askedMs(checks(command, command))).toBe(10 * minute + 16_000);
  expect(askedMs(checks(command, { ...command, retries: 2, successes: 2 }))).toBe(6 * (10 * minute + 16_000));
});

it("loads come one after the other, once the others are over", () => {
  const one = askedMs(checks(load));
  expect(one).toBeGreaterThan(2 * minute);
  expect(askedMs(checks(load, command, load))).toBe(2 * one + 10 * minute + 16_000);
});
