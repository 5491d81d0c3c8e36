import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { BackupPorts } from "../operations/ports.ts";
import { pruneBackups } from "../operations/prune-backups.ts";
import { planRestore } from "../operations/restore-backup.ts";
import { takeBackup } from "../operations/take-backup.ts";
import { verifyBackup } from "../operations/verify-backup.ts";
import { createFakeDatabase } from "../testing/fake-database.ts";
import { createDirectoryStore } from "./directory-store.ts";
import { ofStack } from "./of-stack.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-shared-"));
});
afterEach(async () => rm(directory, { recursive: true }));

let count = 0;
function portsOf(stack: string, homes?: BackupPorts["homes"]) {
  let now = Date.parse("2026-05-01T10:00:00Z");
  return {
    driver: createFakeDatabase(),
    store: ofStack(createDirectoryStore({ directory }, systemClock), stack),
    clock: { now: () => new Date((now += 1_000)), monotonicMs: () => now, sleep: async () => {} },
    cipher: null,
    randomId: () => `rand${(count += 1)}`,
    stack,
    homes,
  };
}
const request = { service: "db", image: "sha256:1", release: "v9" };

it("in a shared place each stack lists and lets go its own, however many another has", async () => {
  const [production, staging] = [portsOf("shop"), portsOf("shop-staging")];
  const { id } = await takeBackup(production, request);
  await verifyBackup(production, { id });
  for (let index = 0; index < 4; index += 1) {
    await verifyBackup(staging, { id: (await takeBackup(staging, { ...request, release: "s1" })).id });
  }
  const { decisions } = await pruneBackups(staging, { keep: 1, neededBy: [] });
  expect(decisions.filter(({ remove }) => remove)).toHaveLength(3);
  expect(await production.store.list()).toMatchObject({ backups: [{ id, stack: "shop" }], ofOthers: 1 });
  expect(await staging.store.list()).toMatchObject({ backups: [{ stack: "shop-staging" }], ofOthers: 1 });
});

it("another's can be asked for by its id, and the plan says whose it is", async () => {
  const [production, staging] = [portsOf("shop"), portsOf("shop-staging")];
  const { id } = await takeBackup(production, request);
  expect(await planRestore(staging, id)).toMatchObject({ otherStack: "shop" });
  expect((await planRestore(production, id)).otherStack).toBeUndefined();
});

it("one that does not say whose it is counts as the own of whoever asks", async () => {
  const { stack: _, ...unnamed } = portsOf("shop");
  const { id } = await takeBackup({ ...unnamed, store: createDirectoryStore({ directory }, systemClock) }, request);
  expect((await portsOf("shop").store.list()).backups).toMatchObject([{ id }]);
});

it("of two homes whose stacks have one name each lets go its own, and the other's wants to be agreed to", async () => {
  const [production, staging] = [portsOf("shop", ["p"]), portsOf("shop", ["s"])];
  const { id } = await takeBackup(production, request);
  await verifyBackup(production, { id });
  for (let index = 0; index < 3; index += 1) {
    await verifyBackup(staging, { id: (await takeBackup(staging, request)).id });
  }
  const { decisions } = await pruneBackups(staging, { keep: 1, neededBy: [] });
  expect(decisions.filter(({ remove }) => remove)).toHaveLength(2);
  expect((await production.store.list()).backups).toMatchObject([{ id, home: "p" }, { home: "s" }]);
  expect(await planRestore(staging, id)).toMatchObject({ otherStack: "shop", otherHome: "p" });
  expect((await planRestore(production, id)).otherStack).toBeUndefined();
});

it("a home that got another id keeps what it took before, and what does not say counts for whoever asks", async () => {
  const moved = portsOf("shop", ["new", { id: "old", until: "2026-05-01T10:01:00.000Z" }]);
  for (const ports of [portsOf("shop", ["old"]), portsOf("shop"), moved]) {
    await verifyBackup(ports, { id: (await takeBackup(ports, request)).id });
  }
  for (const { id } of (await moved.store.list()).backups) {
    expect((await planRestore(moved, id)).otherStack).toBeUndefined();
  }
  await pruneBackups(moved, { keep: 1, neededBy: [] });
  expect((await moved.store.list()).backups).toMatchObject([{ home: "new" }]);
});
