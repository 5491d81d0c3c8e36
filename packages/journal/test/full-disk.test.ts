import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { expect, it, onTestFinished } from "vitest";
import { verifyAudit } from "../src/audit/verify-audit.ts";
import { openStateHome, type StateHome } from "../src/home/state-home.ts";
import { acquireLock } from "../src/lock/acquire-lock.ts";
import { readLockHolder } from "../src/lock/lock-holder.ts";
import { createJournal } from "../src/record/create-journal.ts";
import { temporaryDirectory } from "./temporary-home.ts";

const request = { actor: "mira", reason: "prune", release: "none" };

const mayMount = spawnSync("unshare", ["--mount", "true"], { stdio: "ignore" }).status === 0;

/** A state home on a small disk of its own. */
async function homeOnSmallDisk(size = "256k"): Promise<StateHome> {
  const disk = await temporaryDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  onTestFinished(() => void execFileSync("umount", [disk]));
  return openStateHome(join(disk, "shop"), { clock, stack: "shop" });
}

/** Resolves with what makes room again. */
async function fill({ path }: StateHome): Promise<() => Promise<void>> {
  const filler = join(path, "filler");
  const full = async () => {
    for (;;) await appendFile(filler, Buffer.alloc(4_096));
  };
  await expect(full()).rejects.toMatchObject({ code: "ENOSPC" });
  return () => rm(filler);
}

it.skipIf(!mayMount)("on a full disk the lock is taken all the same, by one", async () => {
  const home = await homeOnSmallDisk();
  const killed = { ...request, actor: "killed", pid: 2 ** 30, host: hostname(), since: clock.now().toISOString() };
  await writeFile(join(home.path, "lock.json"), JSON.stringify(killed));
  await fill(home);
  {
    await using _lock = await acquireLock(home, request);
    await expect(acquireLock(home, request)).rejects.toMatchObject({ code: "LOCK_HELD" });
    expect(await readLockHolder(home)).toMatchObject({ actor: "unknown" });
  }
  expect(await readLockHolder(home)).toBeNull();
});

it.skipIf(!mayMount)("on a full disk a record is in the journal, or its append has failed", async () => {
  const home = await homeOnSmallDisk();
  const journal = createJournal(home, clock);
  await journal.append({ type: "before" });
  const makeRoom = await fill(home);
  // The first fits where the journal's last block has room.
  const [fits, large] = await Promise.allSettled([
    journal.append({ type: "fits" }),
    journal.append({ type: "large", text: "x".repeat(8_192) }),
  ]);
  expect(fits.status).toBe("fulfilled");
  expect(large).toMatchObject({ status: "rejected", reason: { code: "DISK_FULL" } });
  await makeRoom();
  await createJournal(home, clock).append({ type: "after" });
  const types: string[] = [];
  for await (const { type } of journal.read()) types.push(type);
  expect(types).toEqual(["before", "fits", "after"]);
  expect(await verifyAudit(home)).toEqual({ ok: true, records: 3, problems: [] });
});

const reserveOf = async ({ path }: StateHome) => (await stat(join(path, "journal.reserve"))).size;
const deploying = { ...request, reason: "orders fail", release: "v1" };
const take = async (home: StateHome, asked = request) => (await acquireLock(home, asked))[Symbol.asyncDispose]();
const text = "x".repeat(2_000);

it.skipIf(!mayMount)("a full disk keeps no way back from being written down, nor the ones after it", async () => {
  const home = await homeOnSmallDisk("4m");
  await take(home);
  expect(await reserveOf(home)).toBe(262_144);
  const makeRoom = await fill(home);
  const journal = createJournal(home, clock);
  const lock = await acquireLock(home, deploying);
  for (let count = 0; count < 60; count++) await journal.append({ type: "step", text });
  await lock[Symbol.asyncDispose]();
  const left = await reserveOf(home);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(262_144);
  expect(await verifyAudit(home)).toEqual({ ok: true, records: 60, problems: [] });
  await makeRoom();
  await take(home);
  expect(await reserveOf(home)).toBe(262_144);
});

it.skipIf(!mayMount)("what is kept for a way back is spent by nothing else, as a nightly backup is", async () => {
  const home = await homeOnSmallDisk("4m");
  await take(home);
  await fill(home);
  const journal = createJournal(home, clock);
  const append = () => journal.append({ type: "database", text: text.repeat(4) });
  for (let night = 0; night < 3; night++) {
    await using _lock = await acquireLock(home, request);
    await expect(append()).rejects.toMatchObject({ code: "DISK_FULL" });
  }
  expect(await reserveOf(home)).toBe(262_144);
  await using _lock = await acquireLock(home, deploying);
  expect(await append()).toMatchObject({ seq: 1 });
});
