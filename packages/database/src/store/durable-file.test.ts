import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { reserveBytes } from "./disk-reserve.ts";
import { writeDurably } from "./durable-file.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-durable-"));
});
afterEach(async () => rm(directory, { recursive: true }));

it("writes and digests all bytes in order, whatever the sizes of the chunks, and past what is synced at once", async () => {
  const sizes = [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5, 3 << 20, 0, 40 << 20, 7];
  const whole = randomBytes(sizes.reduce((sum, size) => sum + size));
  let told = 0;
  async function* pieces() {
    let at = 0;
    for (const size of sizes) yield whole.subarray(at, (at += size));
  }
  const path = join(directory, "file");
  const options = { partial: `${path}.partial`, onBytes: (bytes: number) => void (told = bytes) };
  const stored = await writeDurably(path, pieces(), options);
  expect(stored).toEqual({ bytes: whole.length, sha256: createHash("sha256").update(whole).digest("hex") });
  expect(told).toBe(whole.length);
  expect((await readFile(path)).equals(whole)).toBe(true);
});

it("stops while others still find room on the disk, and leaves nothing", async () => {
  async function* pieces() {
    for (let at = 0; at < 100; at += 1) yield randomBytes(1 << 20);
  }
  const path = join(directory, "file");
  const free = [1_024, 1_023];
  const roomOf = async () => ({ bsize: 1 << 20, blocks: 100_000, bavail: free.shift() ?? 0 });
  const written: number[] = [];
  const options = { partial: `${path}.partial`, roomOf, onBytes: (bytes: number) => void written.push(bytes) };
  await expect(writeDurably(path, pieces(), options)).rejects.toMatchObject({ code: "DISK_FULL", retryable: true });
  expect(written).toHaveLength(63);
  expect(await readdir(directory)).toEqual([]);
});

it.each([
  ["a GiB of a large one", 1 << 20, 1 << 30],
  ["a twentieth of a small one", 20, 1 << 20],
])("of a disk stays free: %s", (_what, blocks, reserve) => {
  expect(reserveBytes({ bsize: 1 << 20, blocks, bavail: 0 })).toBe(reserve);
});

it("leaves nothing of a source that fails", async () => {
  async function* broken() {
    yield randomBytes(2 << 20);
    throw new Error("no more");
  }
  const path = join(directory, "file");
  await expect(writeDurably(path, broken(), { partial: `${path}.partial` })).rejects.toThrow("no more");
  expect(await readdir(directory)).toEqual([]);
});
