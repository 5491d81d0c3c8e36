import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createDurably, writeDurably } from "./durable-file.ts";

it("what cannot be written leaves nothing behind", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-durable-"));
  // Stands for a full disk: the file is there, and its content is refused.
  const unwritable = 1 as unknown as string;
  await expect(writeDurably(join(directory, "a"), unwritable)).rejects.toThrow("must be of type string");
  await expect(createDurably(join(directory, "b"), unwritable)).rejects.toThrow("must be of type string");
  expect(await readdir(directory)).toEqual([]);
  await rm(directory, { recursive: true });
});
