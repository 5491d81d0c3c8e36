import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Kept } from "./kept.ts";

it("what was measured is there again, half a line at the end is not", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-kept-"));
  try {
    const file = join(directory, "results.ndjson");
    const first = await Kept.open(file);
    await first.add("one", { caught: 3, seconds: Number.NaN });
    await first.add("two", { caught: 4 });
    await appendFile(file, '{"key":"three","res');
    const again = await Kept.open(file);
    expect(again.get("one")).toEqual({ caught: 3, seconds: Number.NaN });
    expect([again.has("two"), again.has("three")]).toEqual([true, false]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it("nothing is kept without a file", async () => {
  const kept = await Kept.open(undefined);
  await kept.add("one", 1);
  expect(kept.get("one")).toBe(1);
});
