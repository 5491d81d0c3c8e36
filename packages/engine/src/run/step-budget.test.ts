import type { BaseStep, StartStep } from "@sluice/core";
import { aRelease, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { stepBudgetMs } from "./step-budget.ts";

const minute = 60_000;
const slow = { startBudget: { timeoutMs: 10 * minute, derivation: "", imageMs: 9 * minute } };
const release = aRelease("r-2", { services: [aService("web", slow), aService("api"), aService("db", slow)] });
const step = { target: "", cause: "", timeoutMs: 2 * minute } as const;
const start: StartStep = { ...step, id: "start-1", kind: "start", slot: "green", services: ["web", "api"] };
const base: BaseStep = { ...step, id: "base-1", kind: "base", service: "db" };

it("a step that starts what has a slow health check of its image's own has the time for it", () => {
  expect(stepBudgetMs(start, release)).toBe(11 * minute);
  expect(stepBudgetMs({ ...start, first: "web" }, release)).toBe(20 * minute);
  expect(stepBudgetMs(base, release)).toBe(11 * minute);
});

it("any other one has the time that was planned", () => {
  expect(stepBudgetMs({ ...start, services: ["api"] }, release)).toBe(2 * minute);
  expect(stepBudgetMs({ ...base, kind: "remove" }, release)).toBe(2 * minute);
  expect(stepBudgetMs(start, null)).toBe(2 * minute);
});
