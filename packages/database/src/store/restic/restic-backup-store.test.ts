import { createHash } from "node:crypto";
import { type Clock, SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { formatManifest } from "../../model/manifest.ts";
import { aManifest, verifiedAs } from "../../testing/a-manifest.ts";
import { chunks } from "../../testing/bytes.ts";
import { createFakeRepository } from "../../testing/fake-repository.ts";
import { createResticBackupStore } from "./restic-backup-store.ts";

const id = "20260501T100000Z-abcd";
const day = 24 * 3_600_000;

function aStore(now = () => new Date()) {
  const repository = createFakeRepository();
  const clock: Clock = { now, monotonicMs: () => 0, sleep: async () => undefined };
  return { repository, store: createResticBackupStore(repository, clock) };
}

async function written(store: ReturnType<typeof aStore>["store"]) {
  await using writer = await store.begin(id);
  const manifest = aManifest({ id, seq: writer.seq, ...(await writer.write("dump", chunks("dump"))) });
  await writer.commit(manifest);
  return manifest;
}

const manifestText = (over: object = {}) => formatManifest(aManifest({ id, ...over }));
const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

it("a removed backup is unlisted first; then its data goes, and nothing of any other one", async () => {
  const { repository, store } = aStore();
  await written(store);
  repository.put({ backup: "20260501T110000Z-abcd" });
  await store.remove(id);
  expect(repository.calls.filter((call) => call.startsWith("forget"))).toEqual(["forget manifest1", "forget dump"]);
  expect(repository.held.map(({ snapshot }) => snapshot.backup)).toEqual(["20260501T110000Z-abcd"]);
});

it("a repository that goes away meanwhile is told once, and not by what cannot be cleared", async () => {
  const { repository, store } = aStore();
  const write = async () => {
    await using writer = await store.begin(id);
    const away = async () => {
      throw new Error("connection refused");
    };
    Object.assign(repository, { save: away, snapshots: away });
    await writer.write("dump", chunks("dump"));
  };
  await expect(write()).rejects.toThrow("connection refused");
});

it("a manifest that is replaced while somebody uses the repository counts at once; the old one goes later", async () => {
  const { repository, store } = aStore();
  const manifest = await written(store);
  repository.locked = true;
  const proven = { ...manifest, verified: [...manifest.verified, verifiedAs("compared")] };
  await store.update(proven);
  expect(await store.load(id)).toEqual(proven);
  repository.locked = false;
  await store.update(manifest);
  expect(await store.load(id)).toEqual(manifest);
  expect(repository.calls.at(-2)).toBe("forget manifest1 manifest2");
});

it("a backup begins although what dead ones left cannot be taken away", async () => {
  const { repository, store } = aStore(() => new Date(Date.now() + 2 * day));
  repository.put({});
  repository.locked = true;
  await written(store);
  expect(repository.held).toHaveLength(3);
  repository.locked = false;
  expect(await store.sweep()).toEqual(["20260501T100000Z-dead.dump"]);
  expect(repository.held).toHaveLength(2);
});

it("a repository that lets nothing be removed takes backups and what is found of them; what asks for a removal is refused", async () => {
  const { repository, store } = aStore(() => new Date(Date.now() + 2 * day));
  repository.put({});
  repository.appendOnly = true;
  const manifest = await written(store);
  const proven = { ...manifest, verified: [...manifest.verified, verifiedAs("compared")] };
  await store.update(proven);
  expect(await store.load(id)).toEqual(proven);
  await (await store.begin("20260501T110000Z-abcd"))[Symbol.asyncDispose]();
  for (const removing of [() => store.sweep(), () => store.remove(id), () => store.compact?.()]) {
    await expect(removing()).rejects.toMatchObject({ code: "BACKUP_FAILED" });
  }
});

it("where nothing was removed now, and nothing would come back, the repository is left as it is", async () => {
  const { repository, store } = aStore();
  repository.appendOnly = true;
  expect(await store.compact?.(undefined, false)).toEqual({ freed: null });
  repository.appendOnly = false;
  repository.locked = true;
  repository.unused = "3 MiB";
  expect(await store.compact?.(undefined, false)).toEqual({ freed: null, postponed: "somebody uses it" });
});

it("what cannot be read when a backup begins is told", async () => {
  const { repository, store } = aStore();
  await written(store);
  Object.assign(repository, { text: async () => Promise.reject(new SluiceError("BACKUP_FAILED", "no answer")) });
  const again = createResticBackupStore(repository, { now: () => new Date() } as Clock);
  await expect(again.begin("20260501T110000Z-abcd")).rejects.toThrow("no answer");
});

it("a manifest that was cut off when its writer died is none; the whole one before it counts", async () => {
  const { repository, store } = aStore(() => new Date(Date.now() + 2 * day));
  const text = manifestText();
  const later = manifestText({ release: "r2" });
  repository.put({ backup: id, part: "dump" }, "dump");
  repository.put({ backup: id, part: "manifest", revision: 1, sha256: sha256Of(text) }, text);
  repository.put({ backup: id, part: "manifest", revision: 2, sha256: sha256Of(later) }, later.slice(0, 200));
  expect((await store.list()).backups.map(({ release }) => release)).toEqual(["r1"]);
  expect(await store.sweep()).toEqual([`${id}.json`]);

  const only = "20260501T120000Z-abcd";
  repository.put({ backup: only, part: "dump" }, "dump");
  repository.put({ backup: only, part: "manifest", revision: 1, sha256: sha256Of(text) }, text.slice(0, -1));
  expect(await store.list()).toMatchObject({ backups: [{ id }], damaged: [] });
  expect(await store.sweep()).toEqual([`${only}.dump`, `${only}.json`]);
});

it("one that is whole and cannot be understood is told, and what belongs to it is left alone", async () => {
  const { repository, store } = aStore(() => new Date(Date.now() + 2 * day));
  const text = JSON.stringify({ v: 2 });
  repository.put({ backup: id, part: "dump" }, "dump");
  repository.put({ backup: id, part: "manifest", revision: 1, sha256: sha256Of(text) }, text);
  expect(await store.list()).toMatchObject({ backups: [], damaged: [{ code: "BACKUP_INVALID" }] });
  expect(await store.sweep()).toEqual([]);
});

it("each manifest is read once", async () => {
  const { repository, store } = aStore();
  await written(store);
  await store.list();
  await store.list();
  await store.load(id);
  expect(repository.calls.filter((call) => call.startsWith("text"))).toHaveLength(1);
});

it("what comes from another machine is spared for a day", async () => {
  let now = new Date();
  const { repository, store } = aStore(() => now);
  repository.put({});
  expect(await store.sweep()).toEqual([]);
  // It was put there a moment after the first look at the time.
  now = new Date(now.getTime() + day + 60_000);
  expect(await store.sweep()).toEqual(["20260501T100000Z-dead.dump"]);
});

it.each([
  [1, false],
  [2, true],
] as const)("version %d of the repository's format: it compresses: %s", async (version, compresses) => {
  const { repository, store } = aStore();
  repository.version = version;
  await using writer = await store.begin(id);
  expect(writer.compresses).toBe(compresses);
});
