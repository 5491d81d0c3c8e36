import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { acquireLock } from "./acquire-lock.ts";
import { readLockHolder } from "./lock-holder.ts";

it("is free again also where the note of who held it cannot be removed", async () => {
  const home = await temporaryHome();
  const lock = await acquireLock(home, { actor: "mira", reason: "release v2", release: "v2" });
  // Stands for a disk that has become read-only.
  const note = join(home.path, "lock.json");
  await rm(note);
  await mkdir(join(note, "in the way"), { recursive: true });
  await expect(lock[Symbol.asyncDispose]()).resolves.toBeUndefined();
  expect(await readLockHolder(home)).toBeNull();
});
