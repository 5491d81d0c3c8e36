import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-make-"));
});
afterEach(async () => rm(root, { recursive: true }));

it("makes what is missing, for its owner alone, also for many at once", async () => {
  const path = join(root, "a", "b", "c");
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path)));
  for (const made of [path, join(root, "a")]) expect((await stat(made)).mode & 0o777).toBe(0o700);
  await symlink(path, join(root, "link"));
  await makeDirectory(join(root, "link", "d"));
  expect((await stat(join(path, "d"))).isDirectory()).toBe(true);
});

it("leaves what is there as it is", async () => {
  await mkdir(join(root, "open"), { mode: 0o755 });
  await makeDirectory(join(root, "open"));
  expect((await stat(join(root, "open"))).mode & 0o777).toBe(0o755);
});

it("ends with the reason where there can be none", async () => {
  await writeFile(join(root, "file"), "");
  await symlink(join(root, "nowhere"), join(root, "dangling"));
  await expect(makeDirectory(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeDirectory(join(root, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeDirectory(join(root, "dangling"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeDirectory(join(root, "dangling", "below"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeDirectory("/proc/sluice-backups/below")).rejects.toMatchObject({ code: "ENOENT" });
});
