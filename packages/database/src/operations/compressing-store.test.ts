import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeEach, expect, it } from "vitest";
import { createAgeCipher } from "../encryption/age-cipher.ts";
import { highestLevel } from "../model/verification.ts";
import { createResticBackupStore } from "../store/restic/restic-backup-store.ts";
import { createFakeDatabase, type FakeDatabase } from "../testing/fake-database.ts";
import { createFakeRepository, type FakeRepository } from "../testing/fake-repository.ts";
import type { BackupPorts } from "./ports.ts";
import { pruneBackups } from "./prune-backups.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import { verifyBackup } from "./verify-backup.ts";

const request = { service: "db", image: "sha256:1", release: "r1" };
let repository: FakeRepository;
let driver: FakeDatabase;
let ports: BackupPorts;
beforeEach(() => {
  repository = createFakeRepository();
  driver = createFakeDatabase();
  let now = Date.parse("2026-05-01T10:00:00Z");
  let count = 0;
  const clock = { now: () => new Date((now += 1_000)), monotonicMs: () => now, sleep: async () => {} };
  const randomId = () => `rand${(count += 1)}`;
  ports = { driver, store: createResticBackupStore(repository, clock), clock, cipher: null, randomId };
});
const stored = () => repository.held.find(({ snapshot }) => snapshot.part === "dump")?.content.toString();

it("a store that compresses by itself takes the dump as it is, and gives that back", async () => {
  const taken = await takeBackup(ports, request);
  expect(taken).toMatchObject({ compression: "none", bytes: 9, rawBytes: 9 });
  expect(stored()).toBe('["a","b"]');
  expect(highestLevel(await verifyBackup(ports, { id: taken.id }))).toBe("compared");
  driver.rows = ["a"];
  await restoreBackup(ports, taken.id);
  expect(driver.rows).toEqual(["a", "b"]);
});

it("what is encrypted, and what goes to one that does not compress, is compressed before", async () => {
  const identity = await generateX25519Identity();
  const cipher = createAgeCipher({ recipient: await identityToRecipient(identity), identity: async () => identity });
  const encrypted = await takeBackup({ ...ports, cipher }, request);
  expect(encrypted).toMatchObject({ compression: "zstd", cipher: { alg: "age" } });
  expect(highestLevel(await verifyBackup({ ...ports, cipher }, { id: encrypted.id }))).toBe("compared");
  repository.version = 1;
  expect(await takeBackup(ports, request)).toMatchObject({ compression: "zstd", cipher: null });
});

it("of a dump that dies or is empty nothing is kept", async () => {
  driver.dies = new Error("exit code 1");
  await expect(takeBackup(ports, request)).rejects.toThrow("exit code 1");
  driver.dies = null;
  driver.dumps = "";
  await expect(takeBackup(ports, request)).rejects.toMatchObject({ code: "BACKUP_EMPTY" });
  expect(repository.held).toEqual([]);
});

it("room is given back where something was removed, now or before", async () => {
  const ids: string[] = [];
  for (let taken = 0; taken < 3; taken += 1) {
    const { id } = await takeBackup(ports, { ...request, release: null });
    await verifyBackup(ports, { id });
    ids.push(id);
  }
  const pruned = async (keep: number) => {
    repository.calls.length = 0;
    const { compaction } = await pruneBackups(ports, { keep, neededBy: [] });
    return { ...compaction, ran: repository.calls.includes("compact") };
  };
  expect(await pruned(3)).toEqual({ freed: null, ran: false });
  repository.unused = "3 MiB";
  expect(await pruned(3)).toEqual({ freed: "3 MiB", ran: true });
  // A version that does not say what would come back.
  repository.unused = null;
  expect(await pruned(3)).toEqual({ freed: null, ran: true });
  repository.unused = "2 MiB";
  expect(await pruned(1)).toEqual({ freed: "2 MiB", ran: true });
  expect((await ports.store.list()).backups.map(({ id }) => id)).toEqual(ids.slice(2));
});
