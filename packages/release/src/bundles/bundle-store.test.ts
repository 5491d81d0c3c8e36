import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { aBundle } from "../../test/a-bundle.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { createBundleStore } from "./bundle-store.ts";

const secret = "canary-4711";
const model = { name: "shop", services: { web: { environment: { TOKEN: secret } } } };

async function aStore() {
  const root = await temporaryDirectory();
  const checkout = join(root, "checkout");
  await mkdir(checkout);
  const dir = join(root, "releases");
  return { dir, checkout, store: createBundleStore(dir) };
}

it("gives back what was saved", async () => {
  const { store, dir } = await aStore();
  const bundle = aBundle();
  const saved = await store.save(bundle, model, []);
  expect(saved).toEqual({ bundle, model, filesDir: join(dir, "r1", "files") });
  expect(await createBundleStore(dir).load("r1")).toEqual(saved);
  expect(await readdir(dir)).toEqual(["r1"]);
});

it("keeps the model from everybody else", async () => {
  const { store, dir } = await aStore();
  await store.save(aBundle(), model, []);
  const modes: Record<string, string> = {};
  for (const name of [".", "r1", "r1/model.json", "r1/bundle.json", "r1/files"]) {
    modes[name] = ((await stat(join(dir, name))).mode & 0o777).toString(8);
  }
  expect(modes).toEqual({ ".": "700", r1: "700", "r1/model.json": "600", "r1/bundle.json": "600", "r1/files": "700" });
  expect(await readFile(join(dir, "r1", "bundle.json"), "utf8")).not.toContain(secret);
});

it("holds an empty directory that every container can read for what is not in the checkout", async () => {
  const { store } = await aStore();
  const { filesDir } = await store.save(aBundle(), model, [{ source: null, name: "1-overrides" }]);
  const made = await stat(join(filesDir, "1-overrides"));
  expect([made.isDirectory(), made.mode & 0o777]).toEqual([true, 0o755]);
  expect(await store.load("r1")).toMatchObject({ filesDir });
});

it("copies files and directories with modes, times and links, and follows none of them", async () => {
  const { store, checkout } = await aStore();
  await mkdir(join(checkout, "conf", "empty"), { recursive: true });
  await writeFile(join(checkout, "conf", "run.sh"), "#!/bin/sh\n");
  await chmod(join(checkout, "conf", "run.sh"), 0o755);
  await utimes(join(checkout, "conf", "run.sh"), 1_000_000, 1_000_000);
  await symlink("/etc/passwd", join(checkout, "conf", "absolute"));
  await symlink("../../../../etc/passwd", join(checkout, "conf", "upwards"));
  await symlink("run.sh", join(checkout, "conf", "inside"));
  await chmod(join(checkout, "conf"), 0o555);
  await symlink("conf/run.sh", join(checkout, "top"));
  const { filesDir } = await store.save(aBundle(), model, [
    { source: join(checkout, "conf"), name: "1-conf" },
    { source: join(checkout, "top"), name: "2-top" },
  ]);
  expect((await readdir(filesDir, { recursive: true })).toSorted()).toEqual([
    "1-conf",
    "1-conf/absolute",
    "1-conf/empty",
    "1-conf/inside",
    "1-conf/run.sh",
    "1-conf/upwards",
    "2-top",
  ]);
  expect((await stat(join(filesDir, "1-conf"))).mode & 0o777).toBe(0o555);
  const script = await stat(join(filesDir, "1-conf", "run.sh"));
  expect([script.mode & 0o777, script.mtimeMs]).toEqual([0o755, 1_000_000_000]);
  expect(await readlink(join(filesDir, "1-conf", "absolute"))).toBe("/etc/passwd");
  expect(await readlink(join(filesDir, "1-conf", "upwards"))).toBe("../../../../etc/passwd");
  expect(await readlink(join(filesDir, "1-conf", "inside"))).toBe("run.sh");
  expect((await lstat(join(filesDir, "2-top"))).isFile()).toBe(true);
  await rm(checkout, { recursive: true });
  expect(await store.load("r1")).toMatchObject({ model });
});

it("leaves nothing when a mounted file is not there, and says which", async () => {
  const { store, dir, checkout } = await aStore();
  const files = [{ source: join(checkout, "absent.conf"), name: "absent.conf" }];
  await expect(store.save(aBundle(), model, files)).rejects.toMatchObject({
    code: "RELEASE_REFUSED",
    message: expect.stringContaining("absent.conf"),
  });
  expect(await readdir(dir)).toEqual([]);
});

it("takes no name that leads out of the bundle", async () => {
  const { store, checkout, dir } = await aStore();
  await writeFile(join(checkout, "file"), "");
  for (const name of ["../evil", "/evil", "..", ".", "", "a/b"]) {
    await expect(store.save(aBundle(), model, [{ source: join(checkout, "file"), name }])).rejects.toThrow(TypeError);
  }
  expect(await readdir(dir)).toEqual([]);
});

it("finds any change of what was stored, and shows nothing of it", async () => {
  const { store, dir, checkout } = await aStore();
  await mkdir(join(checkout, "conf"));
  await writeFile(join(checkout, "conf", "a"), "content of a");
  await symlink("a", join(checkout, "conf", "link"));
  const at = (...path: string[]) => join(dir, "r1", ...path);
  const copy = at("files", "conf");
  const edits: Record<string, () => Promise<unknown>> = {
    "half a model": () => writeFile(at("model.json"), JSON.stringify(model).slice(0, 40)),
    "another model": () => writeFile(at("model.json"), JSON.stringify({ ...model, name: "blog" })),
    "no model": () => rm(at("model.json")),
    "no files": () => rm(at("files"), { recursive: true }),
    "half a bundle": () => writeFile(at("bundle.json"), '{"version":1'),
    "no bundle": () => rm(at("bundle.json")),
    "another bundle": async () => {
      const text = await readFile(at("bundle.json"), "utf8");
      await writeFile(at("bundle.json"), text.replace("sha256:1", "sha256:2"));
    },
    "an edited file": () => writeFile(join(copy, "a"), "content of A"),
    "a file more": () => writeFile(join(copy, "b"), ""),
    "a file less": () => rm(join(copy, "a")),
    "another mode": () => chmod(join(copy, "a"), 0o600),
    "another link": async () => {
      await rm(join(copy, "link"));
      await symlink("/etc/passwd", join(copy, "link"));
    },
    "another name": () => rename(join(copy, "a"), join(copy, "c")),
  };
  for (const [what, edit] of Object.entries(edits)) {
    await store.save(aBundle(), model, [{ source: join(checkout, "conf"), name: "conf" }]);
    await edit();
    const error: unknown = await store.load("r1").catch((caught: unknown) => caught);
    expect([what, error]).toEqual([what, expect.objectContaining({ code: "BUNDLE_INVALID" })]);
    expect(`${what}: ${JSON.stringify(error)} ${String(error)}`).not.toContain(secret);
    await store.remove("r1");
  }
});

it("lists the newest first, without what cannot be read or is not finished", async () => {
  const { store, dir } = await aStore();
  expect(await store.list()).toEqual([]);
  for (const [id, day] of [
    ["b", 2],
    ["a", 1],
    ["d", 3],
    ["c", 3],
  ] as const) {
    await store.save(aBundle({ id, createdAt: `2026-01-0${day}T00:00:00.000Z` }), model, []);
  }
  await mkdir(join(dir, ".tmp-x-1"));
  await mkdir(join(dir, "strange"));
  await writeFile(join(dir, "file"), "");
  await writeFile(join(dir, "a", "bundle.json"), "{");
  expect((await store.list()).map(({ id }) => id)).toEqual(["c", "d", "b"]);
});

it("adds names and the mark of a broken one, also at once", async () => {
  const { store } = await aStore();
  await store.save(aBundle(), model, []);
  const broken = { at: "2026-01-02T00:00:00.000Z", reason: "errors: 20 %" };
  await Promise.all([store.update("r1", { tags: ["v1", "v2"] }), store.update("r1", { broken })]);
  expect((await store.load("r1")).bundle).toEqual(aBundle({ tags: ["v1", "v2"], broken }));
  await store.update("r1", { broken: undefined });
  expect((await store.load("r1")).bundle.broken).toBeUndefined();
});

it("does not know what was removed, never stored, or is no id", async () => {
  const { store, dir } = await aStore();
  await store.save(aBundle(), model, []);
  await store.remove("r1");
  expect(await readdir(dir)).toEqual([]);
  for (const id of ["r1", "other", "../r1", "", ".tmp-r1", "r1/files"]) {
    const unknown = { code: "RELEASE_UNKNOWN" };
    await expect(store.load(id)).rejects.toMatchObject(unknown);
    await expect(store.remove(id)).rejects.toMatchObject(unknown);
    await expect(store.update(id, { tags: [] })).rejects.toMatchObject(unknown);
  }
});

it("saves one release once, whoever comes first", async () => {
  const { store, dir } = await aStore();
  const saved = await Promise.all(Array.from({ length: 4 }, () => store.save(aBundle(), model, [])));
  expect(saved.every(({ bundle }) => bundle.id === "r1")).toBe(true);
  expect(await readdir(dir)).toEqual(["r1"]);
});

it("sweeps what a crash left long ago, not what may be under way", async () => {
  const { store, dir } = await aStore();
  await mkdir(join(dir, ".tmp-old-1", "files"), { recursive: true });
  await mkdir(join(dir, ".tmp-new-1"));
  await utimes(join(dir, ".tmp-old-1"), 1_000, 1_000);
  await store.save(aBundle(), model, []);
  expect((await readdir(dir)).toSorted()).toEqual([".tmp-new-1", "r1"]);
});

it("sweeps all that is not finished where nobody else can be at work, also where nothing is there", async () => {
  const { store, dir } = await aStore();
  await store.save(aBundle(), model, []);
  await mkdir(join(dir, ".tmp-r2-1", "files"), { recursive: true });
  await writeFile(join(dir, ".tmp-file-2"), "{");
  await store.sweep();
  expect(await readdir(dir)).toEqual(["r1"]);
  await rm(dir, { recursive: true });
  await store.sweep();
});

it("gives back any model and any environment", async () => {
  const { store } = await aStore();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.dictionary(fc.string(), fc.string()), async (value, environment) => {
      number += 1;
      const bundle = aBundle({ id: `r${number}`, environment });
      const any = JSON.parse(JSON.stringify({ ...model, "x-any": value })) as typeof model;
      expect(await store.save(bundle, any, [])).toMatchObject({
        bundle: JSON.parse(JSON.stringify(bundle)),
        model: any,
      });
    }),
    { numRuns: 40 },
  );
});
