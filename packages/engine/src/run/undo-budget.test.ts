import {
  type BaseStep,
  type DeploymentPlan,
  type DoorStep,
  defaultConfig,
  type RemoveStep,
  type WorkersStep,
} from "@sluice/core";
import { aConfig, aRelease, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { undoBudgetMs } from "./undo-budget.ts";

const minute = 60_000;
const config = aConfig({ traffic: { drain: { timeout: "5m" } } });
const plan: DeploymentPlan = { kind: "deploy", candidate: "green", previous: "blue", steps: [] };
const step = { target: "", cause: "", timeoutMs: minute } as const;

describe("the undo of a step has the time", () => {
  it("in which each door that leads back may drain", () => {
    const door: DoorStep = { ...step, id: "door-1", kind: "door", service: "web", replaces: true, frees: ["a", "b"] };
    expect(undoBudgetMs(door, { config, previousRelease: null, plan })).toBeGreaterThanOrEqual(3 * 5 * minute + minute);
  });

  it("in which a proxy is made again before it asks for the door", () => {
    const door: DoorStep = { ...step, id: "door-1", kind: "door", service: "web", replaces: true };
    const base: BaseStep = {
      ...step,
      id: "base-1",
      kind: "base",
      service: "nginx",
      renews: ["c1"],
      timeoutMs: 9 * minute,
    };
    const scope = { config, previousRelease: null };
    const without = undoBudgetMs(door, { ...scope, plan });
    expect(undoBudgetMs(door, { ...scope, plan: { ...plan, steps: [door, base] } })).toBe(without + 9 * minute);
  });

  it("in which the workers of the previous start, and those of the candidate stop before", () => {
    const slow = aService("slow", { role: "worker", startBudget: { timeoutMs: 9 * minute, derivation: "" } });
    const workers: WorkersStep = {
      ...step,
      id: "workers-1",
      kind: "workers",
      slot: "green",
      services: [],
      overlap: false,
    };
    const scope = { config: defaultConfig(), previousRelease: aRelease("r-1", { services: [slow] }), plan };
    expect(undoBudgetMs(workers, scope)).toBeGreaterThanOrEqual(step.timeoutMs + 9 * minute);
  });

  it("in which what was removed starts, once what took its port has stopped and started as it was", () => {
    const slow = { role: "support", startBudget: { timeoutMs: 9 * minute, derivation: "" } } as const;
    const services = [aService("proxy", slow), aService("entry", { ...slow, stopGraceMs: minute })];
    const removal: RemoveStep = { ...step, id: "remove-1", kind: "remove", service: "proxy", heirs: ["entry", "new"] };
    const scope = { config: defaultConfig(), previousRelease: aRelease("r-1", { services }), plan };
    expect(undoBudgetMs(removal, scope)).toBeGreaterThanOrEqual(step.timeoutMs + 2 * 9 * minute + minute);
    expect(undoBudgetMs({ ...removal, heirs: [] }, scope)).toBeLessThan(step.timeoutMs + 2 * 9 * minute);
  });
});
