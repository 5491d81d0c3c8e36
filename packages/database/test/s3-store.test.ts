import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse, setGlobalProxyFromEnv } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@sluice/core";
import { startForwardProxy } from "@sluice/testing";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupStore, createS3Store } from "../src/index.ts";
import { ownWriterTag } from "../src/store/writer-tag.ts";
import { aManifest, verifiedAs } from "../src/testing/a-manifest.ts";
import { bytesOf, chunks } from "../src/testing/bytes.ts";

const clock: Clock = { now: () => new Date(), monotonicMs: () => performance.now(), sleep: async () => undefined };
const id = "20260501T100000Z-abcd";
let server: S3rver;
let endpoint = "";
let directory = "";
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-s3-"));
  server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: "backups", configs: [] }],
  });
  endpoint = `http://127.0.0.1:${(await server.run()).port}`;
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

const settings = (over: object = {}) => ({
  bucket: "backups",
  region: "eu-central-1",
  endpoint,
  pathStyle: true,
  credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
  ...over,
});
/** A place of its own in the bucket. */
function aStore(): { readonly store: BackupStore; readonly prefix: string } {
  const prefix = `shop-${(count += 1)}/`;
  return { store: createS3Store(settings({ prefix }), clock), prefix };
}

async function write(store: BackupStore, backup = id, dump: AsyncIterable<Uint8Array> = chunks("the whole ", "dump")) {
  await using writer = await store.begin(backup);
  const stored = await writer.write("dump", dump);
  const globals = await writer.write("globals", chunks("roles"));
  const manifest = aManifest({ id: backup, seq: writer.seq, ...stored, globals });
  await writer.commit(manifest);
  return manifest;
}
const filesOf = async (prefix: string) =>
  (await readdir(join(directory, "backups", prefix)).catch(() => []))
    .filter((name) => name.endsWith("._S3rver_object"))
    .map((name) => name.replace("._S3rver_object", ""))
    .toSorted();

describe("backups in a bucket", () => {
  it("are given back as they were written, and are gone when they are removed", async () => {
    const { store, prefix } = aStore();
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
    const manifest = await write(store);
    expect(await store.list()).toEqual({ backups: [manifest], damaged: [] });
    expect(await bytesOf(store.read(manifest, "dump"))).toBe("the whole dump");
    expect(await bytesOf(store.read(manifest, "globals"))).toBe("roles");
    expect(await filesOf(prefix)).toEqual([`${id}.dump`, `${id}.globals`, `${id}.json`]);

    const proven = { ...manifest, verified: [...manifest.verified, verifiedAs("compared")] };
    await store.update(proven);
    expect(await store.load(id)).toEqual(proven);
    expect((await write(store, "20260401T100000Z-efgh")).seq).toBe(2);

    await store.remove(id);
    await store.remove(id);
    await expect(store.load(id)).rejects.toMatchObject({ code: "BACKUP_UNKNOWN" });
    await expect(store.update(proven)).rejects.toMatchObject({ code: "BACKUP_UNKNOWN" });
    expect((await store.list()).backups).toHaveLength(1);
  });

  it("that are cut off, changed, without their bytes or no backups at all are told apart", async () => {
    const { store, prefix } = aStore();
    const manifest = await write(store);
    const file = join(directory, "backups", prefix, `${id}.dump._S3rver_object`);
    await writeFile(file, "the whole DUMP");
    await expect(bytesOf(store.read(manifest, "dump"))).rejects.toMatchObject({ code: "BACKUP_CORRUPT" });
    await truncate(file, 5);
    await expect(bytesOf(store.read(manifest, "dump"))).rejects.toMatchObject({ code: "BACKUP_TRUNCATED" });
    await rm(file);
    await expect(bytesOf(store.read(manifest, "dump"))).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    await writeFile(join(directory, "backups", prefix, `${id}.json._S3rver_object`), "no manifest");
    const { backups, damaged } = await store.list();
    expect([backups, damaged.map(({ code }) => code)]).toEqual([[], ["BACKUP_INVALID"]]);
  });
});

describe("behind a company's proxy", () => {
  it("backups go through it, whole, and back", async () => {
    await using proxy = await startForwardProxy();
    const restore = setGlobalProxyFromEnv({ http_proxy: proxy.url });
    try {
      const prefix = "through-proxy/";
      const store = createS3Store(settings({ prefix }), clock);
      const manifest = await write(store);
      expect(await bytesOf(store.read(manifest, "dump"))).toBe("the whole dump");
      expect(await filesOf(prefix)).toContain(`${id}.dump`);
      expect(proxy.asked).toContainEqual(
        expect.stringMatching(/^PUT http:\/\/127\.0\.0\.1:\d+\/backups\/through-proxy\//),
      );
    } finally {
      restore();
    }
  });
});

describe("what writers leave", () => {
  it("is spared while they live, and goes with the next backup when they are dead", async () => {
    const { store, prefix } = aStore();
    const alive = await store.begin(id);
    await alive.write("dump", chunks("half"));
    expect(await store.sweep()).toEqual([]);
    await alive[Symbol.asyncDispose]();
    expect(await filesOf(prefix)).toEqual([]);

    const [place] = (await ownWriterTag()).split("-");
    await write(store, "20260501T110000Z-kept");
    await put(prefix, `${id}.writing.${place}-4194304-1.partial`);
    await put(prefix, `${id}.dump`);
    await put(prefix, "somebody-elses");
    await write(store, "20260501T120000Z-next");
    const whole = (backup: string) => ["dump", "globals", "json"].map((part) => `${backup}.${part}`);
    expect(await filesOf(prefix)).toEqual([
      ...whole("20260501T110000Z-kept"),
      ...whole("20260501T120000Z-next"),
      "somebody-elses",
    ]);
  });

  it("on another machine, is left alone for a day", async () => {
    const { store, prefix } = aStore();
    await put(prefix, `${id}.writing.elsewhere-1-1.partial`);
    await put(prefix, `${id}.dump`);
    expect(await store.sweep()).toEqual([]);
    const tomorrow = { ...clock, now: () => new Date(Date.now() + 25 * 3_600_000) };
    expect((await createS3Store(settings({ prefix }), tomorrow).sweep()).toSorted()).toEqual([
      `${id}.dump`,
      `${id}.writing.elsewhere-1-1.partial`,
    ]);
  });

  /** As another writer would. */
  async function put(prefix: string, name: string): Promise<void> {
    const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
    const { region, credentials } = settings();
    const client = new S3Client({ region, endpoint, forcePathStyle: true, credentials });
    await client.send(new PutObjectCommand({ Bucket: "backups", Key: `${prefix}${name}`, Body: "x" }));
    client.destroy();
  }
});

it("a bucket that is not there, a key that is wrong and a server that is gone are named, without the key", async () => {
  const failureOf = async (over: object) => {
    const failure = await createS3Store(settings(over), clock)
      .list()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BACKUP_FAILED" });
    expect(JSON.stringify(failure)).not.toContain("hunter2");
    return String(failure);
  };
  expect(await failureOf({ bucket: "nowhere" })).toContain("s3://nowhere failed: NoSuchBucket");
  expect(await failureOf({ credentials: { accessKeyId: "x", secretAccessKey: "hunter2" } })).toContain(
    "InvalidAccessKeyId",
  );
  expect(await failureOf({ endpoint: "http://127.0.0.1:9" })).toContain("ECONNREFUSED");
});

describe("a server that takes requests and does not answer", () => {
  let silent: ReturnType<typeof createServer>;
  let answer: ((response: ServerResponse) => void) | undefined;
  beforeAll(async () => {
    silent = createServer((request, response) => void request.resume().on("end", () => answer?.(response)));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const silentStore = (over: object = {}) =>
    createS3Store(settings({ endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, ...over }), clock);
  const silence = { code: "BACKUP_FAILED", message: expect.stringContaining("does not answer"), retryable: true };

  it("is given up, and named", async () => {
    answer = undefined;
    const store = silentStore({ silenceMs: 50 });
    await expect(store.list()).rejects.toMatchObject(silence);
    await expect(store.begin(id)).rejects.toMatchObject(silence);
    await expect(store.load(id)).rejects.toMatchObject(silence);
  });

  it("is given up in the middle of an answer, too", async () => {
    answer = (response) => void response.writeHead(200, { "content-length": "9" }).write("half");
    await expect(silentStore({ silenceMs: 50 }).load(id)).rejects.toMatchObject(silence);
  });

  it("is none where the reader takes his time", async () => {
    const store = createS3Store(settings({ prefix: "slowly/", silenceMs: 150 }), clock);
    const dump = "x".repeat(8 << 20);
    const manifest = await write(store, id, chunks(dump));
    let bytes = 0;
    for await (const chunk of store.read(manifest, "dump")) {
      if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 400));
      bytes += chunk.length;
    }
    expect(bytes).toBe(dump.length);
  });

  it("ends with the signal", async () => {
    answer = undefined;
    const store = silentStore();
    const calls = [
      (signal: AbortSignal) => store.list(signal),
      (signal: AbortSignal) => store.begin(id, signal),
      (signal: AbortSignal) => store.load(id, signal),
    ];
    for (const call of calls) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error("told to stop")), 50);
      await expect(call(stop.signal)).rejects.toThrow("told to stop");
    }
  });
});
