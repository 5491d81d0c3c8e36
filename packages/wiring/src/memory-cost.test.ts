import type { ContainerUsage, DeploymentPlan, PlanStep } from "@sluice/core";
import { aStack } from "@sluice/testing";
import { expect, it } from "vitest";
import { memoryCost, readLiveMemory } from "./memory-cost.ts";

const mib = 1_048_576;
const aPlan = (kinds: readonly PlanStep["kind"][], previous: DeploymentPlan["previous"] = "blue") => ({
  previous,
  steps: kinds.map((kind) => ({ kind })),
});

it("a plan says what a second version beside the first takes, and for how long", () => {
  expect(memoryCost(aPlan(["create", "shift", "bake"]), 180 * mib)).toMatchObject([
    {
      severity: "info",
      message:
        "two versions run for as long as the version before stays warm: about 180 MiB of memory more, as one uses now",
    },
  ]);
  expect(memoryCost({ previous: "blue", steps: [{ kind: "job", creates: true }] }, mib)).toHaveLength(1);
  expect(memoryCost(aPlan(["create", "shift", "retire"]), 1)[0]?.message).toMatch(/until .* retired: about 1 MiB/);
});

it.each([
  ["nothing serves yet", aPlan(["create"], null), mib],
  ["the candidate runs already", aPlan(["shift"]), mib],
  ["nothing is known", aPlan(["create"]), 0],
])("where %s it says nothing", (_what, plan, bytes) => {
  expect(memoryCost(plan, bytes)).toEqual([]);
});

it("what serves is counted, and an engine that does not tell is no obstacle", async () => {
  const usage: ContainerUsage = { at: 0, startedAt: "", cpuMs: 0, memoryBytes: 90 * mib, memoryLimitBytes: null };
  const stack = aStack({ live: { slot: "blue", release: "r1" } });
  expect(await readLiveMemory(stack, { usage: () => Promise.resolve(usage) })).toBe(90 * mib);
  expect(await readLiveMemory(stack, { usage: () => Promise.reject(new Error("busy")) })).toBe(0);
});
