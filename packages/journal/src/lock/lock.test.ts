import { renameSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { exportHome } from "../archive/export-home.ts";
import { openStateHome } from "../home/state-home.ts";
import { createJournal } from "../record/create-journal.ts";
import { acquireLock } from "./acquire-lock.ts";
import { type LockHolder, readLockHolder } from "./lock-holder.ts";

const request = { actor: "mira", reason: "release v2", release: "v2" };

it("says who holds it, and nobody afterwards", async () => {
  const home = await temporaryHome();
  expect(await readLockHolder(home)).toBeNull();
  {
    await using _lock = await acquireLock(home, request);
    const since = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(await readLockHolder(home)).toEqual({ ...request, pid: process.pid, host: hostname(), since });
    expect((await stat(join(home.path, "lock.json"))).mode & 0o777).toBe(0o600);
  }
  expect(await readLockHolder(home)).toBeNull();
});

it("is refused to a second one, who learns whose it is", async () => {
  const home = await temporaryHome();
  await using _lock = await acquireLock(home, request);
  const begin = performance.now();
  await expect(acquireLock(home, { ...request, actor: "jo" })).rejects.toMatchObject({
    code: "LOCK_HELD",
    message: expect.stringMatching(/^mira is at work .* since \d{4}-.*: release v2 \(release v2, process \d+ on /),
    retryable: true,
  });
  expect(performance.now() - begin).toBeLessThan(2_000);
});

it("is waited for as long as was asked for", async () => {
  const home = await temporaryHome();
  const first = await acquireLock(home, request);
  const told: LockHolder[] = [];
  const onWait = (holder: LockHolder) => void told.push(holder);
  const second = acquireLock(home, { ...request, actor: "jo", waitMs: 5_000, onWait });
  setTimeout(() => void first[Symbol.asyncDispose](), 500);
  await using _lock = await second;
  expect(await readLockHolder(home)).toMatchObject({ actor: "jo" });
  expect(told).toMatchObject([{ actor: "mira", release: "v2" }]);
});

it("is waited for without being asked to where its holder lets go soon", async () => {
  const home = await temporaryHome();
  const first = await acquireLock(home, { ...request, atMostMs: 5_000 });
  setTimeout(() => void first[Symbol.asyncDispose](), 500);
  await using _lock = await acquireLock(home, { ...request, actor: "jo" });
  expect(await readLockHolder(home)).toMatchObject({ actor: "jo" });
});

it("gives up waiting when its signal aborts", async () => {
  const home = await temporaryHome();
  await using _lock = await acquireLock(home, request);
  const signal = AbortSignal.timeout(50);
  await expect(acquireLock(home, { ...request, waitMs: 60_000, signal })).rejects.toMatchObject({
    name: "TimeoutError",
  });
});

it("is not given up by opening, reading or exporting the home in the same process", async () => {
  const home = await temporaryHome();
  await using _lock = await acquireLock(home, request);
  await openStateHome(home.path, { clock: home.clock, stack: "shop" });
  await readLockHolder(home);
  const sink = new PassThrough().resume();
  await exportHome(home, sink);
  await expect(acquireLock(home, request)).rejects.toMatchObject({ code: "LOCK_HELD" });
});

it("is not taken of another home that was put in the place of the one that was opened, by whoever waited meanwhile", async () => {
  const maker = await temporaryHome();
  const first = await acquireLock(maker, request);
  await createJournal(maker, maker.clock).append({ type: "note" });
  const opened = await openStateHome(maker.path, { clock: maker.clock, stack: "shop" });
  const waiting = acquireLock(opened, { ...request, actor: "jo", waitMs: 5_000 }).catch((error: unknown) => error);
  const imported = await temporaryHome();
  // Both before the next look: who looks between them finds no home at all.
  renameSync(maker.path, `${maker.path}.replaced`);
  renameSync(imported.path, maker.path);
  expect(await waiting).toMatchObject({ code: "HOME_UNUSABLE", retryable: true });
  const home = await openStateHome(maker.path, { clock: maker.clock, stack: "shop" });
  expect(home.id).toBe(imported.id);
  await using _lock = await acquireLock(home, request);
  await first[Symbol.asyncDispose]();
});

it("is taken by exactly one of many who try at once", async () => {
  const home = await temporaryHome();
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => acquireLock(home, request)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await home[Symbol.asyncDispose]();
});

it("goes with the home that it was taken through, and may be released twice", async () => {
  const home = await temporaryHome();
  const lock = await acquireLock(home, request);
  await home[Symbol.asyncDispose]();
  await using _next = await acquireLock(home, { ...request, actor: "jo" });
  await lock[Symbol.asyncDispose]();
  expect(await readFile(join(home.path, "lock.json"), "utf8")).toContain("jo");
});
