import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keptFileOf, readKept, writeKept } from "./kept.ts";

it("a run of a part leaves the pieces of a run of all alone", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-rehearsal-kept-"));
  try {
    const whole = { of: "all", tried: [], cloneMs: { postgres: 500 } };
    await writeKept(keptFileOf(directory, ""), whole);
    await writeKept(keptFileOf(directory, "mariadb"), { of: "mariadb", tried: [], cloneMs: {} });
    expect(await readKept(keptFileOf(directory, ""), "all")).toEqual(whole);
    expect(keptFileOf(directory, "")).toBe(join(directory, "rehearsal.kept.json"));
  } finally {
    await rm(directory, { recursive: true });
  }
});
