import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createStopNotes } from "./stop-notes.ts";

it("a stop that is not done is there for the next process, and one that is done is forgotten", async () => {
  const root = await mkdtemp(join(tmpdir(), "sluice-stops-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const open = () => createStopNotes(async () => join(root, "stops"));
  await expect(open().get("c1")).rejects.toThrow("ENOENT");
  await open().remove("c1");
  await open().set("c1", "2026-01-01T00:00:00.1Z");
  await open().set("c2", "2026-01-01T00:00:00.2Z");
  expect(await open().get("c1")).toBe("2026-01-01T00:00:00.1Z");
  await open().set("c1", "2026-01-01T00:00:00.3Z");
  expect(await open().get("c1")).toBe("2026-01-01T00:00:00.3Z");
  await open().remove("c1");
  expect(await readdir(join(root, "stops"))).toEqual(["c2"]);
});
