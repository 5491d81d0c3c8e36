// What every store of backups keeps to, on each of them.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@sluice/core";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupStore, createDirectoryStore, createResticStore, createS3Store } from "../src/index.ts";
import { aManifest, verifiedAs } from "../src/testing/a-manifest.ts";
import { bytesOf, chunks } from "../src/testing/bytes.ts";

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};
const id = "20260501T100000Z-abcd";
const later = "20260501T110000Z-efgh";

let root = "";
let server: S3rver | undefined;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-stores-"));
});
afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

interface Kind {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly missing: string;
  /** For all of its stores. */
  prepare(): Promise<void>;
  /** An empty one; the same for the same name. */
  open(name: string): BackupStore;
}

const restic = { repository: "", env: {} };
const kinds: readonly Kind[] = [
  {
    name: "a directory",
    missing: "",
    prepare: async () => undefined,
    open: (name) => createDirectoryStore({ directory: join(root, "directories", name) }),
  },
  {
    name: "a bucket",
    missing: "",
    async prepare() {
      const directory = join(root, "s3");
      const configureBuckets = [{ name: "backups", configs: [] }];
      server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets });
      endpoint = `http://127.0.0.1:${(await server.run()).port}`;
    },
    open: (name) =>
      createS3Store(
        {
          bucket: "backups",
          prefix: `${name}/`,
          region: "eu-central-1",
          endpoint,
          pathStyle: true,
          credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
        },
        clock,
      ),
  },
  {
    name: "a repository of restic",
    missing: spawnSync("restic", ["version"]).status === 0 ? "" : "restic is not installed: bin/setup restic",
    async prepare() {
      Object.assign(restic, {
        repository: join(root, "restic"),
        env: { PATH: process.env["PATH"], HOME: root, RESTIC_PASSWORD: "hunter2" },
      });
      const env = { ...restic.env, RESTIC_REPOSITORY: restic.repository };
      execFileSync("restic", ["init", "--repository-version", "2"], { env });
    },
    open: (name) => createResticStore({ ...restic, set: name }, clock),
  },
];
let endpoint = "";

async function write(store: BackupStore, backup = id, dump: AsyncIterable<Uint8Array> = chunks("the whole ", "dump")) {
  await using writer = await store.begin(backup);
  const stored = await writer.write("dump", dump);
  const globals = await writer.write("globals", chunks("roles"));
  const manifest = aManifest({ id: backup, seq: writer.seq, ...stored, globals });
  await writer.commit(manifest);
  return manifest;
}

describe.each(kinds)("$name", ({ missing, prepare, open }) => {
  const aStore = () => open(`shop-${(count += 1)}`);
  const can = it.skipIf(missing !== "");
  beforeAll(async () => {
    if (missing === "") await prepare();
  });

  can(`gives back what was written, and nothing of it once it is removed ${missing}`, async () => {
    const store = aStore();
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
    const manifest = await write(store);
    expect(await store.list()).toEqual({ backups: [manifest], damaged: [] });
    expect(await bytesOf(store.read(manifest, "dump"))).toBe("the whole dump");
    expect(await bytesOf(store.read(manifest, "globals"))).toBe("roles");
    await store.remove(id);
    await store.remove(id);
    await store.compact?.();
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
    await expect(store.load(id)).rejects.toMatchObject({ code: "BACKUP_UNKNOWN", hint: expect.any(String) });
    await expect(store.update(manifest)).rejects.toMatchObject({ code: "BACKUP_UNKNOWN" });
    await expect(store.remove("../../x")).rejects.toMatchObject({ code: "BACKUP_UNKNOWN" });
    await expect(bytesOf(store.read(manifest, "dump"))).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  });

  can(`replaces a manifest whole, and numbers backups in the order in which they began ${missing}`, async () => {
    const name = `shop-${(count += 1)}`;
    const store = open(name);
    const manifest = await write(store, later);
    const proven = { ...manifest, verified: [...manifest.verified, verifiedAs("compared")] };
    await store.update(proven);
    expect(await store.load(later)).toEqual(proven);
    // The clock has gone back.
    expect((await write(store, id)).seq).toBe(2);
    const { backups, damaged } = await open(name).list();
    expect([backups.map((one) => one.id), damaged]).toEqual([[later, id], []]);
    expect(backups[0]).toEqual(proven);
  });

  can(`takes more than is sent at once, and gives it back bit by bit ${missing}`, async () => {
    const store = aStore();
    const whole = randomBytes(36 << 20);
    async function* pieces() {
      for (let at = 0; at < whole.length; at += 1 << 18) yield whole.subarray(at, at + (1 << 18));
    }
    const manifest = await write(store, id, pieces());
    expect(manifest.bytes).toBe(whole.length);
    const read: Uint8Array[] = [];
    for await (const chunk of store.read(manifest, "dump")) read.push(chunk);
    expect(Buffer.concat(read).equals(whole)).toBe(true);
    for await (const chunk of store.read(manifest, "dump")) if (chunk.length > 0) break;
    const stop = new AbortController();
    const reading = async () => {
      for await (const _chunk of store.read(manifest, "dump", stop.signal)) stop.abort(new Error("enough"));
    };
    await expect(reading()).rejects.toThrow("enough");
  });

  can(`has nothing of a backup that was not committed ${missing}`, async () => {
    const store = aStore();
    {
      await using writer = await store.begin(id);
      await writer.write("dump", chunks("half"));
      expect((await store.list()).backups).toEqual([]);
      // As long as its writer lives, it is spared.
      expect(await store.sweep()).toEqual([]);
    }
    expect(await store.sweep()).toEqual([]);
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
  });

  can(`tells the failure of a source as that, and an abort, and keeps nothing of either ${missing}`, async () => {
    const store = aStore();
    async function* broken() {
      yield* chunks("half");
      throw new Error("pg_dump failed");
    }
    await expect(write(store, id, broken())).rejects.toThrow("pg_dump failed");
    const stop = new AbortController();
    {
      await using writer = await store.begin(later);
      async function* slow() {
        yield* chunks("half");
        stop.abort(new Error("enough"));
        yield* chunks("more");
      }
      await expect(writer.write("dump", slow(), { signal: stop.signal })).rejects.toThrow("enough");
    }
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
    expect(await store.sweep()).toEqual([]);
  });
});
