import { chmod } from "node:fs/promises";
import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { acquireLock } from "../lock/acquire-lock.ts";
import { readLockHolder } from "../lock/lock-holder.ts";
import { createJournal } from "../record/create-journal.ts";
import { openStateHome } from "./state-home.ts";

const request = { actor: "ada", reason: "release v2", release: "v2" };

// Root may write in every directory.
it.skipIf(process.getuid?.() === 0)("a home that cannot be written is read all the same, and not locked", async () => {
  const { path, id, clock } = await temporaryHome();
  await createJournal({ path }, clock).append({ type: "note" });
  await chmod(path, 0o500);
  try {
    const home = await openStateHome(path, { clock, stack: "shop" });
    expect(home).toMatchObject({ id, readOnly: { code: "HOME_UNUSABLE" } });
    expect(await readLockHolder(home)).toBeNull();
    const types: string[] = [];
    for await (const { type } of createJournal(home, clock).read()) types.push(type);
    expect(types).toEqual(["note"]);
    await expect(acquireLock(home, request)).rejects.toBe(home.readOnly);
  } finally {
    await chmod(path, 0o700);
  }
});

it("a home that can be written says so, and one that cannot is locked by nobody", async () => {
  const home = await temporaryHome();
  expect(home.readOnly).toBeNull();
  const readOnly = new SluiceError("HOME_UNUSABLE", "nothing can be written");
  await expect(acquireLock({ ...home, readOnly }, request)).rejects.toBe(readOnly);
});
