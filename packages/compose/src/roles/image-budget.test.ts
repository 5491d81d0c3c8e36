import type { ComposeHealthcheck } from "@sluice/core";
import { expect, test } from "vitest";
import { budgetWithImage, type ImageHealthcheck } from "./image-budget.ts";
import { startBudget } from "./start-budget.ts";

const second = 1_000_000_000;
const slow: ImageHealthcheck = {
  Test: ["CMD", "ready"],
  Interval: 10 * second,
  Timeout: 5 * second,
  StartPeriod: 600 * second,
};
const test5: ComposeHealthcheck = { test: ["CMD", "true"], interval: "5s", timeout: "0s", retries: 4 };
const told = "start_period 10m + 3 x (interval 10s + timeout 5s), by the image's health check";

test.each<[string, ComposeHealthcheck | undefined, ImageHealthcheck | undefined, number, string]>([
  ["the image alone has a check", undefined, slow, 645_000, told],
  [
    "the compose file changes a part of it",
    test5,
    slow,
    640_000,
    "start_period 10m + 4 x (interval 5s + timeout 5s), by the image's health check",
  ],
  ["its check is quick", undefined, { Test: ["CMD", "x"], Interval: second, Timeout: second }, 60_000, "default"],
  ["it has none", undefined, undefined, 60_000, "default"],
  ["it has switched that of its base off", undefined, { ...slow, Test: ["NONE"] }, 60_000, "default"],
  ["it only inherits the test", undefined, { StartPeriod: 600 * second }, 60_000, "default"],
  ["the compose file has switched it off", { disable: true }, slow, 60_000, "default"],
  ["the compose file has switched it off by its test", { test: ["NONE"] }, slow, 60_000, "default"],
])(
  "a start may take as long as the container's health check, where %s",
  (_case, written, ofImage, timeoutMs, derivation) => {
    const known = startBudget(written);
    const budget = budgetWithImage(known, written, ofImage);
    expect(budget.timeoutMs).toBe(timeoutMs);
    expect(budget.derivation).toMatch(derivation);
    expect(budget.imageMs ?? 0).toBe(timeoutMs - known.timeoutMs);
  },
);

test("a configured startTimeout is the last word", () => {
  const configured = startBudget(undefined, 5_000);
  expect(budgetWithImage(configured, undefined, slow)).toBe(configured);
});
