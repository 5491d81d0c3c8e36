import { execFileSync } from "node:child_process";
import { appendFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { expect, it, onTestFinished } from "vitest";
import { openStateHome, type StateHome } from "../src/home/state-home.ts";
import { acquireLock } from "../src/lock/acquire-lock.ts";
import { readLockHolder } from "../src/lock/lock-holder.ts";
import { temporaryDirectory } from "./temporary-home.ts";

const request = { actor: "mira", reason: "prune", release: "none" };

/** A state home on a small disk of its own, which takes the right to mount. */
async function homeOnSmallDisk(): Promise<StateHome> {
  const disk = await temporaryDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  onTestFinished(() => void execFileSync("umount", [disk]));
  return openStateHome(join(disk, "shop"), { clock, stack: "shop" });
}

async function fill({ path }: StateHome): Promise<void> {
  const filler = join(path, "filler");
  const full = async () => {
    for (;;) await appendFile(filler, Buffer.alloc(4_096));
  };
  await expect(full()).rejects.toMatchObject({ code: "ENOSPC" });
}

it.skipIf(process.getuid?.() !== 0)("on a full disk the lock is taken all the same, by one", async () => {
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
