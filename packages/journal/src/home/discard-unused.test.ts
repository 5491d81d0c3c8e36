import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { acquireLock } from "../lock/acquire-lock.ts";
import { createJournal } from "../record/create-journal.ts";
import { discardUnusedHome } from "./discard-unused.ts";
import { openStateHome, type StateHome } from "./state-home.ts";

const isThere = async ({ path }: StateHome) => (await readdir(dirname(path))).length > 0;

it("removes a home that nothing was put into, and only that", async () => {
  const empty = await temporaryHome();
  await discardUnusedHome(empty);
  expect(await isThere(empty)).toBe(false);

  const used = await temporaryHome();
  await createJournal(used, used.clock).append({ type: "note" });
  const holds = await temporaryHome();
  await writeFile(join(holds.releasesDir, "r1"), "");
  for (const home of [used, holds]) {
    await discardUnusedHome(home);
    expect(await isThere(home)).toBe(true);
  }
});

it("is no obstacle to a home that is made where answers were remembered meanwhile", async () => {
  const home = await temporaryHome();
  await discardUnusedHome(home);
  await mkdir(join(home.path, "cache"), { recursive: true });
  expect(await openStateHome(home.path, { clock: home.clock, stack: "shop" })).toMatchObject({ isNew: true });
});

it("leaves a home to those who were there before, and to whoever holds the lock", async () => {
  const home = await temporaryHome();
  await discardUnusedHome(await openStateHome(home.path, { clock: home.clock }));
  expect(await isThere(home)).toBe(true);

  await using _lock = await acquireLock(home, { actor: "mira", reason: "", release: "v1" });
  await discardUnusedHome(home);
  expect(await isThere(home)).toBe(true);
});
