import { chown, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileMemo } from "./file-memo.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "memo-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("a memo of files", () => {
  const open = () => createFileMemo(async () => join(root, "cache"));

  it("gives back what was set, to another process too", async () => {
    await open().set("a", "one");
    await open().set("a", "two");
    expect(await open().get("a")).toBe("two");
  });

  it("does not know what was never set", async () => {
    await expect(open().get("a")).rejects.toThrow("ENOENT");
  });

  it("is for the owner alone", async () => {
    await open().set("a", "one");
    expect((await stat(join(root, "cache"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(root, "cache/a"))).mode & 0o777).toBe(0o600);
  });

  it("keeps the newest 64, and nothing half written", async () => {
    const memo = open();
    for (let index = 0; index < 70; index += 1) {
      await memo.set(`key-${index}`, "x");
      await utimes(join(root, "cache", `key-${index}`), index, index);
    }
    const names = await readdir(join(root, "cache"));
    expect(names.toSorted()).toEqual(Array.from({ length: 64 }, (_, index) => `key-${index + 6}`).toSorted());
  });
});

it.skipIf(process.getuid?.() !== 0)("root leaves nothing in a directory of somebody else", async () => {
  await chown(root, 54_321, 54_321);
  await createFileMemo(async () => join(root, "cache")).set("a", "1");
  expect(await readdir(root)).toEqual([]);
});
