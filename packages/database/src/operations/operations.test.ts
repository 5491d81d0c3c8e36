import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finding, SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DatabaseDriver } from "../driver.ts";
import { createAgeCipher } from "../encryption/age-cipher.ts";
import { highestLevel, isProven } from "../model/verification.ts";
import { createDirectoryStore } from "../store/directory-store.ts";
import { aFingerprint } from "../testing/a-manifest.ts";
import { createFakeDatabase, type FakeDatabase } from "../testing/fake-database.ts";
import type { BackupPorts } from "./ports.ts";
import { pruneBackups } from "./prune-backups.ts";
import { planRestore, restoreBackup, undoRestore } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import { verifyBackup } from "./verify-backup.ts";

const request = { service: "db", image: "sha256:1", release: "r1" };
let directory = "";
let driver: FakeDatabase;
let ports: BackupPorts;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-backups-"));
  driver = createFakeDatabase();
  let count = 0;
  let now = Date.parse("2026-05-01T10:00:00Z");
  ports = {
    driver,
    store: createDirectoryStore({ directory }, systemClock),
    clock: { now: () => new Date((now += 1_000)), monotonicMs: () => now, sleep: async () => {} },
    cipher: null,
    randomId: () => `rand${(count += 1)}`,
  };
});
afterEach(async () => rm(directory, { recursive: true }));

const dumpFile = (id: string) => join(directory, `${id}.dump`);

describe("a backup", () => {
  it("says what it is of and what is not known of it yet", async () => {
    const manifest = await takeBackup(ports, request);
    expect(manifest).toMatchObject({ seq: 1, service: "db", release: "r1", rawBytes: 9, cipher: null });
    expect(manifest.fingerprint?.tables).toEqual([{ name: "public.orders", rows: 2, hash: "a,b", sampled: false }]);
    expect(manifest.verified).toEqual([
      expect.objectContaining({ level: "written", notTested: ["whether it can be restored: sluice db verify"] }),
    ]);
    expect(await ports.store.list()).toEqual({ backups: [manifest], damaged: [] });
    expect(driver.calls).toEqual(["end-dump"]);
  });

  it("of a dump that dies half-way is none", async () => {
    driver.dies = new Error("exit code 1");
    await expect(takeBackup(ports, request)).rejects.toThrow("exit code 1");
    expect(await readdir(directory)).toEqual([]);
    expect(driver.calls).toContain("end-dump");
  });

  it("whose place goes away meanwhile fails by that, not by what cannot be cleared", async () => {
    driver.onDumping = () => rm(directory, { recursive: true });
    driver.dies = new Error("exit code 1");
    await expect(takeBackup(ports, request)).rejects.toThrow("exit code 1");
    await mkdir(directory);
  });

  it("of nothing is an error of its own", async () => {
    driver.dumps = "";
    await expect(takeBackup(ports, request)).rejects.toMatchObject({ code: "BACKUP_EMPTY" });
    expect(await readdir(directory)).toEqual([]);
  });

  it("asks first whether there is room", async () => {
    await takeBackup(ports, request);
    const store = { ...ports.store, freeBytes: async () => 3 };
    await expect(takeBackup({ ...ports, store }, request)).rejects.toMatchObject({ code: "DISK_FULL" });
  });

  it("asks for the first one by what the database takes", async () => {
    driver.sizeBytes = 1_000;
    const withFree = (free: number) => ({ ...ports, store: { ...ports.store, freeBytes: async () => free } });
    await expect(takeBackup(withFree(249), request)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(driver.calls).toEqual([]);
    expect(await takeBackup(withFree(250), request)).toMatchObject({ seq: 1 });
  });

  it("tells how many bytes it has written", async () => {
    const seen: number[] = [];
    const { bytes } = await takeBackup({ ...ports, onProgress: (progress) => seen.push(progress.bytes) }, request);
    expect(seen.at(-1)).toBe(bytes);
  });
});

describe("verifying", () => {
  it("restores and compares, and says so in the manifest", async () => {
    const { id } = await takeBackup(ports, request);
    const manifest = await verifyBackup(ports, { id });
    expect(manifest.verified.map(({ level }) => level)).toEqual(["written", "decoded", "restored", "compared"]);
    expect(await ports.store.load(id)).toEqual(manifest);
    expect(driver.calls.slice(1)).toEqual(["scratch sha256:1", "roles CREATE ROLE x;", "end-scratch"]);
    // Again: each level is there once.
    expect((await verifyBackup(ports, { id })).verified).toHaveLength(4);
  });

  it("of what held no table says that nothing was compared", async () => {
    const { id, fingerprint, ...taken } = await takeBackup(ports, request);
    const nothing = { ...(fingerprint ?? aFingerprint()), tables: [] };
    await ports.store.update({ ...taken, id, fingerprint: nothing });
    const scratch: typeof driver.scratch = async (...args) => ({
      ...(await driver.scratch(...args)),
      fingerprint: async () => nothing,
    });
    const { verified } = await verifyBackup({ ...ports, driver: { ...driver, scratch } }, { id });
    expect(verified.at(-1)).toMatchObject({
      level: "compared",
      notTested: [expect.stringMatching(/^any row: /), "the application with the restored data"],
    });
  });

  it("finds that it restores to something else, and remembers it until it passes", async () => {
    driver.dumps = '["a"]';
    const { id } = await takeBackup(ports, request);
    await expect(verifyBackup(ports, { id })).rejects.toMatchObject({
      code: "BACKUP_DIFFERS",
      message: expect.stringContaining("table public.orders has 1 rows, not 2"),
    });
    const manifest = await ports.store.load(id);
    expect(manifest.failed).toMatchObject({ code: "BACKUP_DIFFERS" });
    expect(isProven(manifest)).toBe(false);
    expect(driver.calls.at(-1)).toBe("end-scratch");
  });

  it("a proven one that rots is none any more", async () => {
    const { id, bytes } = await takeBackup(ports, request);
    await verifyBackup(ports, { id });
    await truncate(dumpFile(id), bytes - 1);
    await expect(verifyBackup(ports, { id })).rejects.toMatchObject({ code: "BACKUP_TRUNCATED" });
    expect(isProven(await ports.store.load(id))).toBe(false);
  });

  it("what it found is what it says, also where that cannot be noted", async () => {
    const { id, bytes } = await takeBackup(ports, request);
    const update = async () => {
      throw new SluiceError("BACKUP_FAILED", "the manifest cannot be written: EROFS", { hint: "look at the disk" });
    };
    const readOnly = { ...ports, store: { ...ports.store, update } };
    await expect(verifyBackup(readOnly, { id })).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: `backup ${id} was verified (compared), which could not be noted: the manifest cannot be written: EROFS`,
      hint: "look at the disk",
    });
    await truncate(dumpFile(id), bytes - 1);
    await expect(verifyBackup(readOnly, { id })).rejects.toMatchObject({
      code: "BACKUP_TRUNCATED",
      message: expect.stringMatching(/; that could not be noted, so that it is listed as before: .*EROFS$/),
    });
  });

  it("starts nothing where the engine's disk has no room for what it restores", async () => {
    driver.sizeBytes = 1_000;
    const { id } = await takeBackup(ports, request);
    driver.scratchFree = 1_299;
    await expect(verifyBackup(ports, { id })).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(driver.calls).toEqual(["end-dump"]);
    expect((await ports.store.load(id)).failed).toBeUndefined();
    driver.scratchFree = 1_300;
    expect(isProven(await verifyBackup(ports, { id }))).toBe(true);
  });

  it("the image's fault is not the backup's", async () => {
    const { id } = await takeBackup(ports, request);
    driver.major = 16;
    await expect(verifyBackup(ports, { id, image: "other" })).rejects.toMatchObject({ code: "BACKUP_WRONG_VERSION" });
    expect((await ports.store.load(id)).failed).toBeUndefined();
    expect(driver.calls).toContain("scratch other");
  });
});

describe("encrypted", () => {
  it("backups are verified with the key, and refused without or with another", async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const cipher = createAgeCipher({ recipient, identity: async () => identity });
    const { id } = await takeBackup({ ...ports, cipher }, request);
    expect(highestLevel(await verifyBackup({ ...ports, cipher }, { id }))).toBe("compared");

    const other = await generateX25519Identity();
    const wrong = createAgeCipher({ recipient, identity: async () => other });
    await expect(verifyBackup({ ...ports, cipher: wrong }, { id })).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
    await expect(verifyBackup(ports, { id })).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
    // Asked before anything is written.
    await expect(takeBackup({ ...ports, cipher: wrong }, request)).rejects.toMatchObject({ code: "BACKUP_KEY_WRONG" });
    expect((await ports.store.load(id)).failed).toBeUndefined();
  });

  it("for an earlier recipient need its identity, which may lie beside the one of today", async () => {
    const [old, now] = [await generateX25519Identity(), await generateX25519Identity()];
    const [before, recipient] = [await identityToRecipient(old), await identityToRecipient(now)];
    const { id } = await takeBackup(
      { ...ports, cipher: createAgeCipher({ recipient: before, identity: async () => old }) },
      request,
    );
    const changed = createAgeCipher({ recipient, identity: async () => now });
    await expect(verifyBackup({ ...ports, cipher: changed }, { id })).rejects.toMatchObject({
      code: "BACKUP_KEY_WRONG",
      message: `backup ${id} is encrypted for ${before}, whose identity is not in the identity file`,
    });
    const both = createAgeCipher({ recipient, identity: async () => `${old}\n${now}\n` });
    expect(highestLevel(await verifyBackup({ ...ports, cipher: both }, { id }))).toBe("compared");
  });

  it("without the key at hand, it says that nobody tried it", async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const { verified } = await takeBackup({ ...ports, cipher: createAgeCipher({ recipient }) }, request);
    expect(verified[0]?.notTested).toContain("whether the key that belongs to the recipient is still there");
  });
});

describe("restoring", () => {
  it("shows first what would be lost", async () => {
    const { id } = await takeBackup(ports, request);
    expect(await planRestore(ports, id)).toMatchObject({ losses: [], unchangedTables: 1, proven: false });
    driver.rows = ["a", "b", "c"];
    const plan = await planRestore(ports, id);
    expect(plan.losses).toEqual([{ name: "public.orders", rowsThen: 2, rowsNow: 3 }]);
    expect(plan.ageMs).toBeGreaterThan(0);
    expect(plan.live).toEqual({ database: "shop" });
    expect((await planRestore({ ...ports, service: "db" }, id)).live).toEqual({ database: "shop", service: "db" });
  });

  it("says first what the backup lacks", async () => {
    const dump = driver.dump.bind(driver);
    const lacks = "the backup does NOT hold the history of: prices (no dump can)";
    driver.dump = async (call) => Object.assign(await dump(call), { unseen: [lacks] });
    const { id, verified } = await takeBackup(ports, request);
    expect(verified[0]?.notTested).toContain(lacks);
    expect((await planRestore(ports, id)).findings).toEqual([
      { severity: "warn", code: "not-in-the-backup", message: `not all is in backup ${id}: ${lacks}` },
    ]);
  });

  it("says what the live database lacks of what belonged to it, before and after, and restores where nobody can say", async () => {
    const gone = { severity: "warn", code: "settings-gone", message: "no limit" } as const;
    const { id } = await takeBackup(ports, request);
    const asked: string[] = [];
    const said = async (foreseeGone: NonNullable<DatabaseDriver["foreseeGone"]>) => {
      const told: Finding[] = [];
      const asking = { ...ports, driver: { ...driver, foreseeGone }, onFinding: (one: Finding) => told.push(one) };
      const { findings } = await planRestore(asking, id);
      await restoreBackup(asking, id);
      return [findings, told];
    };
    const isGone = async (_backup: unknown, globals: string) => {
      asked.push(globals);
      return [gone];
    };
    expect(await said(isGone)).toEqual([[gone], [gone]]);
    expect(asked).toEqual(["CREATE ROLE x;", "CREATE ROLE x;"]);
    expect(await said(() => Promise.reject(new Error("not to be read")))).toEqual([[], []]);
  });

  it("says where it would take the place of a database of another name", async () => {
    const manifest = await takeBackup(ports, request);
    expect(await planRestore(ports, manifest.id)).not.toHaveProperty("otherDatabase");
    await ports.store.update({ ...manifest, database: { ...manifest.database, name: "crm" } });
    expect(await planRestore(ports, manifest.id)).toMatchObject({ otherDatabase: "crm" });
  });

  it("says that the losses are not known where nobody noted what the tables held, and reads no row for that", async () => {
    const manifest = await takeBackup(ports, request);
    await ports.store.update({ ...manifest, fingerprint: null });
    driver.fingerprint = () => expect.unreachable("the live database was read");
    expect(await planRestore(ports, manifest.id)).toMatchObject({ losses: null, unchangedTables: 0 });
  });

  it("swaps what was compared, and can be undone", async () => {
    const { id } = await takeBackup(ports, request);
    driver.rows = ["lost"];
    expect(await restoreBackup(ports, id)).toMatchObject({ old: "old" });
    expect(driver.rows).toEqual(["a", "b"]);
    expect(await undoRestore(ports, id)).toBe("undone");
    expect(driver.rows).toEqual(["lost"]);
  });

  it("is out of reach from where the live one goes away, not from where that is made ready", async () => {
    const { id } = await takeBackup(ports, request);
    driver.onReading = () => ports.clock.now();
    expect(await restoreBackup(ports, id)).toMatchObject({ swapMs: 0 });
  });

  it("swaps nothing that is damaged or differs", async () => {
    const { id } = await takeBackup(ports, request);
    driver.dumps = "[]";
    const empty = await takeBackup(ports, request);
    driver.rows = ["live"];
    await writeFile(dumpFile(id), "x");
    await expect(restoreBackup(ports, id)).rejects.toMatchObject({ code: "BACKUP_TRUNCATED" });
    await expect(restoreBackup(ports, empty.id)).rejects.toMatchObject({ code: "BACKUP_DIFFERS" });
    expect(driver.calls).toContain("drop-fresh");
    expect(driver.rows).toEqual(["live"]);
  });

  it("begins only where there is room for what the database took, and for the log of as much", async () => {
    driver.sizeBytes = 1_000;
    const { id, sizeBytes } = await takeBackup(ports, request);
    expect(sizeBytes).toBe(1_000);
    // What is there now says nothing of that.
    driver.sizeBytes = 1;
    driver.free = 1_199;
    await expect(restoreBackup(ports, id)).rejects.toMatchObject({ code: "DISK_FULL" });
    driver.free = 1_200;
    driver.logBytes = 100;
    await expect(restoreBackup(ports, id)).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("1300 are wanted to restore beside it (100 of them"),
    });
    expect(driver.calls).not.toContain("restore-beside");
    driver.free = 1_300;
    expect(await restoreBackup(ports, id)).toMatchObject({ old: "old" });
  });

  it("reads nothing of the backup where what is live cannot be swapped", async () => {
    const { id } = await takeBackup(ports, request);
    const stuck = new SluiceError("RESTORE_FAILED", "foreign keys of crm refer to tables of shop");
    driver.foreseeSwap = () => Promise.reject(stuck);
    await rm(dumpFile(id));
    await expect(planRestore(ports, id)).rejects.toBe(stuck);
    await expect(restoreBackup(ports, id)).rejects.toBe(stuck);
  });

  it("does not go into an older server", async () => {
    const { id } = await takeBackup(ports, request);
    driver.major = 14;
    await expect(restoreBackup(ports, id)).rejects.toMatchObject({ code: "BACKUP_WRONG_VERSION" });
  });
});

describe("where a backup is of another database of the project", () => {
  it("is neither planned nor restored, and being verified here leaves it proven", async () => {
    const { id } = await takeBackup(ports, request);
    await verifyBackup(ports, { id });
    const began = driver.calls.length;
    const store = { ...ports.store, read: () => expect.unreachable("it was read") };
    const other = { ...ports, store, service: "audit-db", services: ["db", "audit-db"] };
    const refused = { code: "BACKUP_WRONG_DATABASE", message: expect.stringContaining("audit-db (postgres)") };
    await expect(planRestore(other, id)).rejects.toMatchObject(refused);
    await expect(restoreBackup(other, id)).rejects.toMatchObject(refused);
    await expect(verifyBackup(other, { id })).rejects.toMatchObject(refused);
    expect(driver.calls).toHaveLength(began);
    expect(isProven(await ports.store.load(id))).toBe(true);
  });

  it("a restore that took its place before that was refused can be undone", async () => {
    const { id } = await takeBackup(ports, request);
    await restoreBackup(ports, id);
    expect(await undoRestore({ ...ports, service: "audit-db", services: ["db", "audit-db"] }, id)).toBe("undone");
  });
});

describe("a store that accepts and never answers", () => {
  const silent = (signal?: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });

  it.each<[string, (ports: BackupPorts, signal: AbortSignal) => Promise<unknown>]>([
    ["verifying", (ports, signal) => verifyBackup(ports, { id: "b1" }, signal)],
    ["planning a restore", (ports, signal) => planRestore(ports, "b1", signal)],
    ["restoring", (ports, signal) => restoreBackup(ports, "b1", signal)],
    ["pruning", (ports, signal) => pruneBackups(ports, { keep: 1, neededBy: [] }, signal)],
  ])("does not keep %s from being ended", async (_what, run) => {
    const load = (_id: string, signal?: AbortSignal) => silent(signal);
    const store = { ...ports.store, list: silent, load, sweep: silent };
    const interruption = new AbortController();
    const ended = run({ ...ports, store }, interruption.signal);
    interruption.abort(new Error("ended"));
    await expect(ended).rejects.toThrow("ended");
  });
});

it("pruning that is ended leaves each backup either there or removed", async () => {
  for (let count = 0; count < 3; count += 1) await takeBackup(ports, request);
  const interruption = new AbortController();
  const remove = async (id: string) => {
    await ports.store.remove(id);
    interruption.abort(new Error("ended"));
  };
  // What is proven may go; the newest that is stays.
  for (const { id } of (await ports.store.list()).backups) await verifyBackup(ports, { id });
  const removed: string[] = [];
  const [oldest] = (await ports.store.list()).backups;
  const pruned = pruneBackups(
    { store: { ...ports.store, remove } },
    { keep: 1, neededBy: [] },
    interruption.signal,
    (id) => void removed.push(id),
  );
  await expect(pruned).rejects.toThrow("ended");
  expect((await ports.store.list()).backups).toHaveLength(2);
  expect(removed).toEqual([oldest?.id]);
});

it("pruning removes what retention allows, with the reason, and what dead writers left", async () => {
  const ids: string[] = [];
  for (let at = 0; at < 3; at++) {
    const { id } = await takeBackup(ports, { ...request, release: null });
    await verifyBackup(ports, { id });
    ids.push(id);
  }
  await writeFile(join(directory, "20260101T000000Z-dead.dump"), "half");
  const { decisions, leftovers } = await pruneBackups(ports, { keep: 1, neededBy: [] });
  expect(decisions.map(({ id, remove }) => [id, remove])).toEqual([
    [ids[0], true],
    [ids[1], true],
    [ids[2], false],
  ]);
  expect(leftovers).toEqual(["20260101T000000Z-dead.dump"]);
  expect((await ports.store.list()).backups.map(({ id }) => id)).toEqual([ids[2]]);
});
