import type { ContainerUsage, MachineMemory } from "@sluice/core";
import { aDoor, aStack, createFakeClock } from "@sluice/testing";
import { expect, it } from "vitest";
import { readMemory } from "./live-memory.ts";

const mib = 1_048_576;
const usage: ContainerUsage = { at: 0, startedAt: "", cpuMs: 0, memoryBytes: 90 * mib, memoryLimitBytes: null };
const machine: MachineMemory = { availableBytes: 400 * mib, totalBytes: 1_024 * mib };

it("what serves is counted, a door tells of its machine, and an engine that does not tell is no obstacle", async () => {
  const stack = aStack({ live: { slot: "blue", release: "r1" } });
  const withDoor = { ...stack, doors: { web: aDoor("web", null) } };
  const clock = createFakeClock();
  const telling = {
    clock,
    stats: { usage: () => Promise.resolve(usage) },
    observer: { memory: () => Promise.resolve(machine) },
  };
  expect(await readMemory(stack, telling)).toEqual({ liveBytes: 90 * mib, machine });
  expect(await readMemory({ ...withDoor, doors: {} }, telling)).toMatchObject({ machine: null });
  const busy = () => Promise.reject(new Error("busy"));
  const silent = { clock, stats: { usage: busy }, observer: { memory: busy } };
  expect(await readMemory(stack, silent)).toEqual({ liveBytes: 0, machine: null });
  const hangs = { ...silent, observer: { memory: (_id: string, signal?: AbortSignal) => aborted(signal) } };
  expect(await readMemory(stack, hangs)).toEqual({ liveBytes: 0, machine: null });
});

function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
