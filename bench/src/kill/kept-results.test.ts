import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Kept } from "../kept.ts";
import { isFailed, namesToTry, resultsOf } from "./kept-results.ts";

const result = (name: string, ...problems: string[]) => ({ name, deaths: 1, requests: 9, lost: 0, problems });
const names = ["bad", "good", "new"];

it("a failed case is tried again, after those that never were, and counts until it goes well", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-kill-results-"));
  const file = join(directory, "results.ndjson");
  try {
    const first = await Kept.open(file);
    await first.add("good", result("good"));
    await first.add("bad", result("bad", "the lock is held"));

    const second = await Kept.open(file);
    expect(namesToTry(names, second)).toEqual(["new", "bad"]);
    // Its time is over before it comes to the failed one.
    await second.add("new", result("new"));
    expect(resultsOf(names, second).filter(isFailed)).toEqual([result("bad", "the lock is held")]);

    const third = await Kept.open(file);
    expect(namesToTry(names, third)).toEqual(["bad"]);
    await third.add("bad", result("bad"));
    await appendFile(file, '{"key":"bad","res');
    const fourth = await Kept.open(file);
    expect(namesToTry(names, fourth)).toEqual([]);
    expect(resultsOf(names, fourth).map(({ name }) => name)).toEqual(names);
    expect(resultsOf(names, fourth).filter(isFailed)).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it("what was never tried has no result", () => {
  expect(resultsOf(names, new Kept(undefined))).toEqual([]);
});
