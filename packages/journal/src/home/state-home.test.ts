import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { temporaryDirectory, temporaryHome } from "../../test/temporary-home.ts";
import { openStateHome } from "./state-home.ts";

it("is made once and opened again with the same id and keys", async () => {
  const first = await temporaryHome();
  const second = await openStateHome(first.path, { clock, stack: "shop", create: false });
  expect(second).toMatchObject({ id: first.id, previewSecret: first.previewSecret, hashKey: first.hashKey });
  expect(first.previewSecret).not.toBe(first.hashKey);
});

it("keeps everybody else out: directories 0700, files 0600", async () => {
  const { path } = await temporaryHome();
  const modes: Record<string, string> = {};
  for (const entry of ["", ...(await readdir(path, { recursive: true }))]) {
    modes[entry] = ((await stat(join(path, entry))).mode & 0o777).toString(8);
  }
  expect(modes).toEqual({
    "": "700",
    "home.json": "600",
    "lock.db": "600",
    keys: "700",
    "keys/hash": "600",
    "keys/preview": "600",
    releases: "700",
  });
});

it("closes a directory that was left open to others", async () => {
  const { path } = await temporaryHome();
  await chmod(path, 0o755);
  await openStateHome(path, { clock });
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

it("is the same for all who make it at once", async () => {
  const dir = join(await temporaryDirectory(), "a", "shop");
  const homes = await Promise.all(Array.from({ length: 8 }, () => openStateHome(dir, { clock, stack: "shop" })));
  expect(new Set(homes.map(({ id, hashKey }) => id + hashKey)).size).toBe(1);
  expect((await readdir(dir)).toSorted()).toEqual(["home.json", "keys", "lock.db", "releases"]);
});

it("makes what a crash left out", async () => {
  const { path, id } = await temporaryHome();
  await rm(join(path, "keys"), { recursive: true });
  await rm(join(path, "releases"), { recursive: true });
  await writeFile(join(path, ".tmp-home.json-1"), "half");
  expect(await openStateHome(path, { clock, stack: "shop" })).toMatchObject({ id });
  expect((await readdir(path)).toSorted()).toContain("releases");
});

it("is made in a file system that is new, and has a place for what is lost", async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "lost+found"));
  expect(await openStateHome(directory, { clock, stack: "shop" })).toMatchObject({ isNew: true, path: directory });
});

it("refuses what it cannot be, and says what to do", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "file"), "");
  await mkdir(join(directory, "full"));
  await writeFile(join(directory, "full", "letters.txt"), "");
  const open = (name: string, create = true) => openStateHome(join(directory, name), { clock, stack: "shop", create });
  await expect(open("file")).rejects.toMatchObject({
    code: "HOME_UNUSABLE",
    hint: expect.stringContaining("directory"),
  });
  await expect(open("full")).rejects.toMatchObject({
    code: "HOME_UNUSABLE",
    message: expect.stringContaining("letters.txt"),
  });
  await expect(open("absent", false)).rejects.toMatchObject({ code: "HOME_UNUSABLE", hint: expect.any(String) });
  await expect(open("full", false)).rejects.toMatchObject({ message: expect.stringContaining("no home.json") });
  for (const path of ["/sys/sluice/shop", "/proc/sluice/shop"]) {
    await expect(openStateHome(path, { clock, stack: "shop" })).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
  }
});

it("refuses the home of another stack", async () => {
  const { path } = await temporaryHome();
  await expect(openStateHome(path, { clock, stack: "blog" })).rejects.toMatchObject({
    code: "HOME_MISMATCH",
    message: `${path} is the state home of stack shop, not of blog`,
  });
});

it("refuses a home of a newer version, and one that describes nothing", async () => {
  const { path } = await temporaryHome();
  const file = join(path, "home.json");
  const written = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...written, version: 2 }));
  await expect(openStateHome(path, { clock })).rejects.toMatchObject({ code: "JOURNAL_NEWER" });
  await writeFile(file, "{");
  await expect(openStateHome(path, { clock })).rejects.toMatchObject({ code: "HOME_UNUSABLE", position: { file } });
});

it("refuses a key that is none, without showing it", async () => {
  const { path } = await temporaryHome();
  await writeFile(join(path, "keys", "preview"), "hunter2");
  const error = await openStateHome(path, { clock }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "HOME_UNUSABLE" });
  expect(String(error)).not.toContain("hunter2");
});
