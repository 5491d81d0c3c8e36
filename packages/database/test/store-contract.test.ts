// What every store of backups keeps to, on each of them.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupStore, createDirectoryStore, createResticStore, createS3Store } from "../src/index.ts";
import { verifiedAs } from "../src/testing/a-manifest.ts";
import { bytesOf, chunks } from "../src/testing/bytes.ts";
import { initRepository, missingRestic, type TestRepository } from "./support/restic.ts";
import { realClock, writeBackup } from "./support/write-backup.ts";

const id = "20260501T100000Z-abcd";
const later = "20260501T110000Z-efgh";

interface Kind {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly missing: string;
  /** The same one for the same name. */
  readonly open: (name: string) => BackupStore;
  readonly prepare?: () => Promise<void>;
}

let root = "";
let server: S3rver;
let endpoint = "";
let repository: TestRepository;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-stores-"));
});
afterAll(async () => {
  await server?.close();
  await rm(root, { recursive: true, force: true });
});

const kinds: readonly Kind[] = [
  {
    name: "a directory",
    missing: "",
    open: (name) => createDirectoryStore({ directory: join(root, "directories", name) }, realClock),
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
    open(name) {
      const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
      const bucket = { bucket: "backups", prefix: `${name}/`, region: "eu-central-1", endpoint, pathStyle: true };
      return createS3Store({ ...bucket, credentials }, realClock);
    },
  },
  {
    name: "a repository of restic",
    missing: missingRestic,
    async prepare() {
      repository = initRepository(root);
    },
    open: (name) => createResticStore({ ...repository, set: name }, realClock),
  },
];

for (const { name, missing, prepare, open } of kinds) {
  describe.skipIf(missing !== "")(`${name} ${missing}`, { timeout: 60_000 }, () => {
    const aName = () => `shop-${(count += 1)}`;
    beforeAll(async () => prepare?.());

    it("gives back what was written, and nothing of it once it is removed", async () => {
      const store = open(aName());
      const manifest = await writeBackup(store, id);
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

    it("replaces a manifest whole, and numbers backups in the order in which they began", async () => {
      const set = aName();
      const store = open(set);
      const manifest = await writeBackup(store, later);
      const proven = { ...manifest, verified: [...manifest.verified, verifiedAs("compared")] };
      await store.update(proven);
      // The clock has gone back.
      const second = await writeBackup(store, id);
      expect(second.seq).toBe(2);
      expect(await open(set).list()).toEqual({ backups: [proven, second], damaged: [] });
    });

    it("takes more than is sent at once, and gives it back whole, or as much as somebody wants", async () => {
      const store = open(aName());
      const whole = randomBytes(36 << 20);
      async function* pieces() {
        for (let at = 0; at < whole.length; at += 1 << 18) yield whole.subarray(at, at + (1 << 18));
      }
      const manifest = await writeBackup(store, id, pieces());
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

    it("has nothing of a dump that fails, that is given up, or that is not committed", async () => {
      const store = open(aName());
      const stop = new AbortController();
      {
        await using writer = await store.begin(id);
        async function* broken() {
          yield* chunks("half");
          throw new Error("pg_dump failed");
        }
        await expect(writer.write("dump", broken())).rejects.toThrow("pg_dump failed");
        async function* endless() {
          yield* chunks("half");
          stop.abort(new Error("enough"));
          yield* chunks("more");
        }
        await expect(writer.write("dump", endless(), { signal: stop.signal })).rejects.toThrow("enough");
        await writer.write("globals", chunks("roles"));
        // As long as its writer lives, it is spared.
        expect(await store.sweep()).toEqual([]);
      }
      expect(await store.sweep()).toEqual([]);
      expect(await store.list()).toEqual({ backups: [], damaged: [] });
    });
  });
}
