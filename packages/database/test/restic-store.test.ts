import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupStore, createResticStore, type DriverCall, pruneBackups, takeBackup } from "../src/index.ts";
import { verifiedAs } from "../src/testing/a-manifest.ts";
import { bytesOf, chunks } from "../src/testing/bytes.ts";
import { createFakeDatabase } from "../src/testing/fake-database.ts";
import { initRepository, missingRestic, restic, type TestRepository } from "./support/restic.ts";
import { realClock, writeBackup } from "./support/write-backup.ts";

const id = "20260501T100000Z-abcd";
let root = "";
let repository: TestRepository;
let count = 0;
const started: ChildProcess[] = [];
const aSet = () => `shop-${(count += 1)}`;
const storeOf = (set: string, over: object = {}) => createResticStore({ ...repository, set, ...over }, realClock);

describe.skipIf(missingRestic !== "")(`backups in restic ${missingRestic}`, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-restic-"));
    repository = initRepository(root);
  });
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(root, { recursive: true, force: true });
  });

  it("a dump goes in as it is, so that one that hardly differs from the last costs next to nothing", async () => {
    const store = storeOf(aSet());
    const database = createFakeDatabase();
    const dump = async (call: DriverCall) => ({ ...(await database.dump(call)), fingerprint: async () => null });
    let ids = 0;
    const randomId = () => `abcd${(ids += 1)}`;
    const ports = { driver: { ...database, dump }, store, clock: realClock, cipher: null, randomId };
    const rows = Array.from({ length: 400_000 }, (_, row) => `${row} ${Math.sin(row)}`);
    const take = async (more: readonly string[]) => {
      database.rows = [...rows, ...more];
      const before = await sizeOf(repository.repository);
      const manifest = await takeBackup(ports, { service: "db", image: "sha256:1", release: null });
      return { manifest, cost: (await sizeOf(repository.repository)) - before };
    };
    // The repository's password is in the environment.
    const stop = await watchArguments("hunter2");
    const first = await take([]);
    const second = await take(["one more"]);
    expect(await stop("restic backup", "restic snapshots")).toEqual([]);
    expect(first.manifest).toMatchObject({ compression: "none", bytes: JSON.stringify(rows).length });
    // Restic compresses. The second time only the last piece is new: one has 8 MiB at most, and the dump 11.
    expect(first.cost).toBeLessThan(first.manifest.bytes * 0.95);
    expect(second.cost).toBeLessThan(first.cost * 0.8);
    expect(await bytesOf(store.read(second.manifest, "dump"))).toBe(JSON.stringify([...rows, "one more"]));
  });

  it("a writer that is killed in the middle of a dump leaves nothing that is listed, and what it leaves goes", async () => {
    const set = `${aSet()}-${process.pid}`;
    const program = join(import.meta.dirname, "programs", "write-to-restic.ts");
    const child = spawn(process.execPath, ["--conditions=sluice-source", program, set, id], {
      env: { ...repository.env, RESTIC_REPOSITORY: repository.repository },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    if (!child.stdout) throw new Error("no output");
    await once(child.stdout, "data");
    await expect.poll(locks, { timeout: 20_000 }).toHaveLength(1);
    const store = storeOf(set);
    expect(await store.sweep()).toEqual([]);
    const [orphan] = await runningWith(`set=${set},`);
    child.kill("SIGKILL");
    // Restic takes the end of its input for the end of the file.
    const halves = () => JSON.parse(restic(repository, "snapshots", "--json", "--tag", `set=${set}`)) as unknown[];
    await expect.poll(halves, { timeout: 20_000, interval: 500 }).toHaveLength(1);
    // Its lock keeps everything in place: it lets go of it at its end, or dies of its closed output before. A dead one counts as
    // alive to restic until somebody has asked for its exit code.
    await expect.poll(() => existsSync(`/proc/${orphan}`), { timeout: 20_000 }).toBe(false);
    expect(await store.list()).toEqual({ backups: [], damaged: [] });
    await writeBackup(store, "20260501T110000Z-next");
    expect((await store.list()).backups).toHaveLength(1);
    expect(halves()).toHaveLength(3);
  });

  it("a lock is waited for, also with a dump under way; one that a dead process left is no obstacle", async () => {
    const store = storeOf(aSet());
    const blocked = await lockedOut();
    const writing = writeBackup(store, id);
    await delay(2_000);
    blocked.kill("SIGCONT");
    const manifest = await writing;
    expect(await bytesOf(store.read(manifest, "dump"))).toBe("the whole dump");

    const dead = await lockedOut();
    dead.kill("SIGKILL");
    await once(dead, "exit");
    expect(await locks()).not.toEqual([]);
    await store.remove(id);
    expect(await locks()).toEqual([]);

    const stubborn = await lockedOut();
    const refused = storeOf("shop", { lockWaitMs: 0 }).begin(id);
    refused.catch(() => undefined).finally(() => stubborn.kill("SIGCONT"));
    await expect(refused).rejects.toMatchObject({
      code: "LOCK_HELD",
      retryable: true,
      message: expect.stringContaining(`by PID ${stubborn.pid}`),
    });
    await once(stubborn, "exit");
  });

  it("a dump that stalls can be given up, and leaves neither a process nor a snapshot", async () => {
    const set = aSet();
    const store = storeOf(set);
    const stop = new AbortController();
    {
      await using writer = await store.begin(id);
      async function* stalled() {
        yield* chunks("half");
        await new Promise(() => undefined);
      }
      const writing = writer.write("dump", stalled(), { signal: stop.signal });
      writing.catch(() => undefined);
      await expect.poll(locks, { timeout: 20_000 }).toHaveLength(1);
      stop.abort(new Error("enough"));
      await expect(writing).rejects.toThrow("enough");
    }
    // Ended while it took its lock, restic may leave that; as its process is gone, anybody may take it away.
    restic(repository, "unlock", "--quiet");
    expect(await locks()).toEqual([]);
    expect(JSON.parse(restic(repository, "snapshots", "--json", "--tag", `set=${set}`)) ?? []).toEqual([]);
  });

  describe("room that was not given back when something was removed", () => {
    const retention = { keep: 1, neededBy: [] };
    const mebibyte = 1 << 20;
    const incompressible = () => chunks(randomBytes(2 * mebibyte).toString("latin1"));
    const older = "20260501T090000Z-abcd";

    /** Two proven backups of one day, of which the older one may go. */
    async function aStoreOfTwo(): Promise<BackupStore> {
      const store = storeOf(aSet());
      for (const one of [older, id]) {
        const manifest = await writeBackup(store, one, incompressible());
        await store.update({ ...manifest, verified: [...manifest.verified, verifiedAs("compared")] });
      }
      return store;
    }

    /** What the next one that has nothing to remove gives back, and says. */
    async function givenBack(store: BackupStore) {
      const before = await sizeOf(repository.repository);
      const result = await pruneBackups({ store }, retention);
      expect(result).toMatchObject({ leftovers: [] });
      expect(result.decisions.filter(({ remove }) => remove)).toEqual([]);
      return { bytes: before - (await sizeOf(repository.repository)), compaction: result.compaction };
    }

    it("is given back by the next one, where that was ended in between, and then no more is said", async () => {
      const store = await aStoreOfTwo();
      const stop = new AbortController();
      const ended = pruneBackups({ store }, retention, stop.signal, () => stop.abort(new Error("ended")));
      await expect(ended).rejects.toThrow("ended");
      const { bytes, compaction } = await givenBack(store);
      expect(bytes).toBeGreaterThan(mebibyte);
      expect(compaction).toEqual({ freed: expect.stringMatching(/^[1-9][\d.]* MiB$/) });
      expect((await givenBack(store)).compaction).toEqual({ freed: null });
    });

    it("is given back by the next one, where somebody used the repository, which is said", async () => {
      const store = await aStoreOfTwo();
      async function compact() {
        const blocked = await lockedOut();
        try {
          return await store.compact?.(undefined, false);
        } finally {
          // It would give the room back itself, if it went on.
          blocked.kill("SIGKILL");
          await once(blocked, "exit");
        }
      }
      const { decisions, compaction } = await pruneBackups({ store: { ...store, compact } as BackupStore }, retention);
      expect(decisions.map(({ remove }) => remove)).toEqual([true, false]);
      expect(compaction).toEqual({ freed: null, postponed: expect.stringContaining("already locked") });
      expect((await givenBack(store)).bytes).toBeGreaterThan(mebibyte);
    });

    it("is given back of a dump that failed as well", async () => {
      const store = storeOf(aSet());
      {
        await using writer = await store.begin(id);
        await writer.write("dump", incompressible());
      }
      expect((await givenBack(store)).bytes).toBeGreaterThan(mebibyte);
    });
  });

  it("data that is damaged, or gone, is told as that", async () => {
    const store = storeOf(aSet());
    const manifest = await writeBackup(store, id, chunks(..."abcdefgh".split("").map((one) => one.repeat(1 << 20))));
    const packs = (await filesIn(join(repository.repository, "data"))).toSorted((a, b) => a.changed - b.changed);
    for (const { path, bytes } of packs) {
      await using file = await open(path, "r+");
      await file.write(Buffer.from("damage"), 0, 6, Math.floor(bytes / 3));
    }
    await expect(bytesOf(store.read(manifest, "dump"))).rejects.toMatchObject({ code: "BACKUP_CORRUPT" });
  });

  it("a password that is wrong, a repository that is not there and a server that is gone are told apart", async () => {
    const failureOf = async (over: object) => {
      const failure = await storeOf("shop", over)
        .list()
        .catch((error: unknown) => error);
      expect(JSON.stringify(failure)).not.toContain("hunter");
      return failure;
    };
    const env = { ...repository.env, RESTIC_PASSWORD: "hunter3" };
    expect(await failureOf({ env })).toMatchObject({ code: "BACKUP_KEY_WRONG" });
    expect(await failureOf({ passwordFile: "/nowhere" })).toMatchObject({ code: "BACKUP_KEY_WRONG" });
    expect(await failureOf({ repository: join(root, "nowhere") })).toMatchObject({
      code: "BACKUP_FAILED",
      retryable: false,
      hint: expect.stringContaining("restic init"),
    });
    expect(await failureOf({ repository: "rest:http://shop:hunter2@127.0.0.1:9/", answerMs: 5_000 })).toMatchObject({
      code: "BACKUP_FAILED",
      retryable: true,
      message: expect.stringContaining("shop:***@127.0.0.1:9"),
    });
    expect(await failureOf({ env: { ...repository.env, PATH: "/nowhere" } })).toMatchObject({
      code: "BACKUP_FAILED",
      hint: expect.stringContaining("install restic"),
    });
  });
});

async function locks(): Promise<readonly string[]> {
  const names = await readdir(join(repository.repository, "locks"));
  return names.filter((name) => !name.includes("-tmp-"));
}

/** PIDs of processes with it among their arguments. */
async function runningWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return pids.filter((_, at) => lines[at]?.includes(text));
}

/** Another restic that has the repository for itself, and is stopped while it does. */
async function lockedOut(): Promise<ChildProcess> {
  for (;;) {
    const env = { ...repository.env, RESTIC_REPOSITORY: repository.repository };
    const child = spawn("restic", ["prune", "--quiet"], { env, stdio: "ignore" });
    started.push(child);
    while (child.exitCode === null && (await locks()).length === 0) await delay(2);
    child.kill("SIGSTOP");
    if (child.exitCode === null && (await locks()).length > 0) return child;
    child.kill("SIGCONT");
  }
}

async function filesIn(directory: string) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return { path, bytes: size, changed: mtimeMs };
    }),
  );
}

const sizeOf = async (directory: string) => (await filesIn(directory)).reduce((sum, { bytes }) => sum + bytes, 0);
