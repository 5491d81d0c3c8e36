import { expect, it } from "vitest";
import { parseMeminfo, readMachineMemory } from "./machine-memory.ts";

const meminfo = "MemTotal:        8123456 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB\n";
const answers = (exitCode: number, text: string) => ({
  exec: async () => ({ exitCode, stdout: new TextEncoder().encode(text), stderr: "" }),
});

it("reads what is available, which is more than what is free", () => {
  expect(parseMeminfo(meminfo)).toEqual({ availableBytes: 2_048_000_000, totalBytes: 8_318_418_944 });
});

it.each([
  ["kernels before 3.14", "MemTotal:  1000 kB\nMemFree:  900 kB\n"],
  ["no answer", ""],
])("knows nothing of %s", (_what, text) => {
  expect(parseMeminfo(text)).toBeNull();
});

it("asks in a container; one that cannot answer says nothing", async () => {
  expect(await readMachineMemory(answers(0, meminfo), "door")).not.toBeNull();
  expect(await readMachineMemory(answers(1, meminfo), "door")).toBeNull();
});
