import { appendFile, mkdir, mkdtemp, open, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatManifest } from "../model/manifest.ts";
import { aManifest, verifiedAs } from "../testing/a-manifest.ts";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { createDirectoryStore } from "./directory-store.ts";
import { ownWriterTag } from "./writer-tag.ts";

const id = "20260501T100000Z-abcd";
/** Of a process on this machine that is gone. */
const deadTag = (await ownWriterTag()).replace(/-.*/, "-4194999-1");
let directory = "";
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "sluice-store-")), "backups");
});
afterEach(async () => rm(join(directory, ".."), { recursive: true }));

async function written(content = "content", backup = id) {
  const store = createDirectoryStore({ directory }, systemClock);
  await using writer = await store.begin(backup);
  const dump = await writer.write("dump", chunks(content));
  const globals = await writer.write("globals", chunks("roles"));
  const manifest = aManifest({ id: backup, seq: writer.seq, ...dump, globals });
  await writer.commit(manifest);
  return { store, manifest };
}

describe("a directory of backups", () => {
  it("gives back what was written, for its owner alone", async () => {
    const { store, manifest } = await written();
    expect(await store.list()).toEqual({ backups: [manifest], damaged: [] });
    expect(await bytesOf(store.read(manifest, "dump"))).toBe("content");
    expect(await bytesOf(store.read(manifest, "globals"))).toBe("roles");
    expect((await readdir(directory)).toSorted()).toEqual([`${id}.dump`, `${id}.globals`, `${id}.json`]);
    for (const name of await readdir(directory)) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it("says at once where there can be none", async () => {
    const store = createDirectoryStore({ directory: "/proc/sluice-backups/shop" }, systemClock);
    const refused = { code: "BACKUP_FAILED", message: "/proc/sluice-backups/shop cannot be made: ENOENT" };
    await expect(store.begin(id)).rejects.toMatchObject(refused);
    await expect(store.freeBytes()).rejects.toMatchObject(refused);
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
  });

  it("numbers backups in the order in which they began", async () => {
    await written("a", "20260501T100000Z-aaaa");
    // The clock has gone back.
    const { store } = await written("b", "20250501T100000Z-bbbb");
    const { backups } = await store.list();
    expect(backups.map(({ id: one, seq }) => [one, seq])).toEqual([
      ["20260501T100000Z-aaaa", 1],
      ["20250501T100000Z-bbbb", 2],
    ]);
  });

  it("shows nothing of a backup that is not committed, and takes it back", async () => {
    const store = createDirectoryStore({ directory }, systemClock);
    {
      await using writer = await store.begin(id);
      await writer.write("dump", chunks("half"));
      expect((await store.list()).backups).toEqual([]);
    }
    expect(await readdir(directory)).toEqual([]);
  });

  it("leaves nothing of a source that fails", async () => {
    const store = createDirectoryStore({ directory }, systemClock);
    await using writer = await store.begin(id);
    async function* failing() {
      yield Buffer.from("half");
      throw new Error("the connection broke");
    }
    await expect(writer.write("dump", failing())).rejects.toThrow("the connection broke");
    expect((await readdir(directory)).filter((name) => name.includes("dump"))).toEqual([]);
  });

  it("stops when it is told to, and says so", async () => {
    const store = createDirectoryStore({ directory }, systemClock);
    await using writer = await store.begin(id);
    const stop = new AbortController();
    const onBytes = () => stop.abort(new Error("enough"));
    await expect(writer.write("dump", chunks("a", "b"), { signal: stop.signal, onBytes })).rejects.toThrow("enough");
  });

  it("replaces a manifest whole", async () => {
    const { store, manifest } = await written();
    await store.update({ ...manifest, verified: [...manifest.verified, verifiedAs("compared")] });
    expect((await store.load(id)).verified).toHaveLength(2);
    expect((await readdir(directory)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("takes a writer on another machine for dead when nothing of it was written for a day", async () => {
    const { store } = await written();
    const [at, grew] = [new Date(Date.now() - 2 * 86_400_000), new Date(Date.now() - 3_600_000)];
    const leave = async (name: string, writtenAt: Date) => {
      await writeFile(join(directory, name), "");
      await utimes(join(directory, name), writtenAt, writtenAt);
      return name;
    };
    const gone = [
      await leave("20260501T110000Z-aaaa.writing.elsewhere-7-1.partial", at),
      await leave("20260501T110000Z-aaaa.dump.elsewhere-7-1.partial", at),
    ];
    await leave("20260501T110000Z-bbbb.writing.elsewhere-8-1.partial", at);
    await leave("20260501T110000Z-bbbb.dump.elsewhere-8-1.partial", grew);
    expect((await store.sweep()).toSorted()).toEqual(gone.toSorted());
  });

  it("leaves a backup alone whose writer finishes while leftovers are looked for", async () => {
    const { manifest } = await written();
    const other = "20260502T100000Z-zzzz";
    const mark = join(directory, `${other}.writing.${deadTag}.partial`);
    for (const path of [join(directory, `${other}.dump`), mark]) await writeFile(path, "");
    const finish = async (step: string) => {
      if (step !== "sweep listed") return;
      await writeFile(join(directory, `${other}.json`), formatManifest({ ...manifest, id: other }));
      await rm(mark, { force: true });
    };
    const store = createDirectoryStore({ directory, onStep: finish }, systemClock);
    expect((await store.sweep()).filter((name) => !name.endsWith(".partial"))).toEqual([]);
    expect(await readdir(directory)).toContain(`${other}.dump`);
  });

  it("removes a backup, also twice", async () => {
    const { store } = await written();
    await store.remove(id);
    await store.remove(id);
    expect(await readdir(directory)).toEqual([]);
    await expect(store.load(id)).rejects.toMatchObject({ code: "BACKUP_UNKNOWN", hint: expect.any(String) });
    await expect(store.remove("../../x")).rejects.toMatchObject({ code: "BACKUP_UNKNOWN" });
  });

  it("shows a manifest that the file system does not give away, and numbers no backup without it", async () => {
    const { store, manifest } = await written();
    await mkdir(join(directory, "20260502T100000Z-zzzz.json"));
    const unread = { code: "BACKUP_FAILED", message: expect.stringMatching(/zzzz\.json cannot be read: EISDIR$/) };
    expect(await store.list()).toEqual({ backups: [manifest], damaged: [expect.objectContaining(unread)] });
    await expect(store.begin("20260503T100000Z-bbbb")).rejects.toMatchObject({
      ...unread,
      hint: expect.stringMatching(/let this user read it.*a directory of their own/),
    });
    expect((await readdir(directory)).filter((name) => name.includes("bbbb"))).toEqual([]);
  });

  it("goes on beside a manifest that says nothing, and touches nothing of it", async () => {
    const { store, manifest } = await written();
    const other = "20260502T100000Z-zzzz";
    for (const name of [`${other}.json`, `${other}.dump`]) await writeFile(join(directory, name), "{");
    expect(await store.list()).toEqual({
      backups: [manifest],
      damaged: [expect.objectContaining({ code: "BACKUP_INVALID" })],
    });
    {
      await using writer = await store.begin("20260503T100000Z-bbbb");
      expect(writer.seq).toBe(2);
    }
    expect(await store.sweep()).toEqual([]);
  });
});

describe("damage is told apart", () => {
  const dump = () => join(directory, `${id}.dump`);
  const reading = async () => {
    const { store, manifest } = await written("0123456789".repeat(100));
    return {
      damage: async (): Promise<unknown> => bytesOf(store.read(manifest, "dump")).catch((error: unknown) => error),
    };
  };

  it.each([50, 90, 99, 99.9])("truncated at %d %", async (percent) => {
    const { damage } = await reading();
    await truncate(dump(), Math.floor(percent * 10));
    expect(await damage()).toMatchObject({
      code: "BACKUP_TRUNCATED",
      message: expect.stringContaining("of its 1000 bytes"),
    });
  });

  it("one flipped bit", async () => {
    const { damage } = await reading();
    await using file = await open(dump(), "r+");
    await file.write(Buffer.from("1"), 0, 1, 500);
    expect(await damage()).toMatchObject({ code: "BACKUP_CORRUPT", message: expect.stringContaining("other bytes") });
  });

  it("more than was written", async () => {
    const { damage } = await reading();
    await appendFile(dump(), "x");
    expect(await damage()).toMatchObject({ code: "BACKUP_CORRUPT", message: expect.stringContaining("1 too many") });
  });

  it("empty, and gone", async () => {
    const { damage } = await reading();
    await truncate(dump(), 0);
    expect(await damage()).toMatchObject({ code: "BACKUP_EMPTY" });
    await rm(dump());
    expect(await damage()).toMatchObject({ code: "BACKUP_INVALID" });
  });
});
