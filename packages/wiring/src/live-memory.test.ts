import type { ContainerUsage } from "@sluice/core";
import { aStack } from "@sluice/testing";
import { expect, it } from "vitest";
import { readLiveMemory } from "./live-memory.ts";

const mib = 1_048_576;

it("what serves is counted, and an engine that does not tell is no obstacle", async () => {
  const usage: ContainerUsage = { at: 0, startedAt: "", cpuMs: 0, memoryBytes: 90 * mib, memoryLimitBytes: null };
  const stack = aStack({ live: { slot: "blue", release: "r1" } });
  expect(await readLiveMemory(stack, { usage: () => Promise.resolve(usage) })).toBe(90 * mib);
  expect(await readLiveMemory(stack, { usage: () => Promise.reject(new Error("busy")) })).toBe(0);
});
