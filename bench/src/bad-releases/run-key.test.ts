import { expect, it } from "vitest";
import { type RunKey, runKey } from "./run-key.ts";

const one: RunKey = { name: "sluice", mode: "err20", round: 1, ratePerSecond: 100, bake: "60s", startUpMs: 1_000 };

it.each([
  { name: "compose" },
  { mode: "leak" },
  { round: 2 },
  { ratePerSecond: 50 },
  { bake: "10s" },
  { startUpMs: 2_000 },
] as const)("a run with %o is another one", (changes) => {
  expect(runKey({ ...one, ...changes })).not.toBe(runKey(one));
  expect(runKey({ ...one })).toBe(runKey(one));
});
