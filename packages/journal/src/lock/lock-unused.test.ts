import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { discardUnusedHome } from "../home/discard-unused.ts";
import { openStateHome, type StateHome } from "../home/state-home.ts";
import { createJournal } from "../record/create-journal.ts";
import { acquireLock } from "./acquire-lock.ts";
import { readLockHolder } from "./lock-holder.ts";

const request = { actor: "mira", reason: "release v1", release: "v1" };
const openAgain = ({ path, clock }: StateHome) => openStateHome(path, { clock, stack: "shop" });

describe("a home that the command which made it took away before anybody had locked it", () => {
  it("is made again as it was by who has it open and locks it", async () => {
    const maker = await temporaryHome();
    const opened = await openAgain(maker);
    await discardUnusedHome(maker);
    await using _lock = await acquireLock(opened, request);
    const now = await openAgain(opened);
    const { id, createdAt, previewSecret, hashKey } = opened;
    expect(now).toMatchObject({ id, createdAt, previewSecret, hashKey, isNew: false });
    expect(await readLockHolder(now)).toMatchObject(request);
    await expect(acquireLock(now, request)).rejects.toMatchObject({ code: "LOCK_HELD" });
  });

  it("is locked by one of those who have it open, also while it is being taken away", async () => {
    for (let round = 0; round < 5; round++) {
      const maker = await temporaryHome();
      const others = [await openAgain(maker), await openAgain(maker), await openAgain(maker)];
      const [, ...tries] = await Promise.allSettled([
        discardUnusedHome(maker),
        ...others.map((home) => acquireLock(home, request)),
      ]);
      expect(tries.flatMap((tried) => (tried.status === "rejected" ? [tried.reason.code] : []))).toEqual([
        "LOCK_HELD",
        "LOCK_HELD",
      ]);
      expect((await openAgain(maker)).id).toBe(maker.id);
      for (const home of others) await home[Symbol.asyncDispose]();
    }
  });

  it("is made anew by who opens it while it is being taken away, and can be locked", async () => {
    for (let round = 0; round < 10; round++) {
      const maker = await temporaryHome();
      const [, opened] = await Promise.all([discardUnusedHome(maker), openAgain(maker)]);
      await using _lock = await acquireLock(opened, request);
      expect((await openAgain(maker)).id).toBe(opened.id);
    }
  });

  it("is not locked where another one was made in its place: its id is nobody's any more", async () => {
    const maker = await temporaryHome();
    const opened = await openAgain(maker);
    await discardUnusedHome(maker);
    const other = await openAgain(maker);
    await expect(acquireLock(opened, request)).rejects.toMatchObject({ code: "HOME_UNUSABLE", retryable: true });
    expect(await readLockHolder(other)).toBeNull();
  });
});

it("a home that held something and is gone is not made again", async () => {
  const home = await temporaryHome();
  await createJournal(home, home.clock).append({ type: "note" });
  const opened = await openAgain(home);
  await rename(home.path, `${home.path}-away`);
  await expect(acquireLock(opened, request)).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
  await expect(readFile(join(home.path, "home.json"))).rejects.toMatchObject({ code: "ENOENT" });
});

it("a home that lost only the file of its lock is locked all the same", async () => {
  const home = await temporaryHome();
  await rm(join(home.path, "lock.db"));
  await using _lock = await acquireLock(home, request);
  expect(await readLockHolder(home)).toMatchObject(request);
});
