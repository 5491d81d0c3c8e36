import { expect, it } from "vitest";
import { leastMemory, tooLittleMemory } from "./warmth.ts";

const mib = 1_048_576;
const aMachine = (available: number, total: number) => ({ availableBytes: available * mib, totalBytes: total * mib });

it("a version stays warm while a twentieth of the machine's memory is left, and never with less than 128 MiB", () => {
  expect([leastMemory(8_192 * mib) / mib, leastMemory(1_024 * mib) / mib]).toEqual([409.6, 128]);
  expect(tooLittleMemory(aMachine(410, 8_192))).toBeNull();
  expect(tooLittleMemory(aMachine(409, 8_192))).toBe(
    "409 MiB of 8192 MiB memory are available on the engine's machine, 409 MiB are wanted",
  );
  expect(tooLittleMemory(aMachine(127, 512))).toMatch(/^127 MiB .* 128 MiB are wanted$/);
});

it("or what is configured is left: nothing, too", () => {
  expect(tooLittleMemory(aMachine(1_000, 8_192), 1_001 * mib)).toMatch(/1001 MiB are wanted/);
  expect(tooLittleMemory(aMachine(0, 8_192), 0)).toBeNull();
});

it("what is not known counts as enough", () => {
  expect(tooLittleMemory(null, Number.MAX_SAFE_INTEGER)).toBeNull();
});
