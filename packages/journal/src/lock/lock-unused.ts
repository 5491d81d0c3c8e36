import { statSync } from "node:fs";
import { join } from "node:path";
import { homeIdIn, madeAnew, remakeHome, type StateHome } from "../home/state-home.ts";
import { type KernelLock, tryLock } from "./kernel-lock.ts";

/**
 * Tries to lock a home that may be taken away until it is locked. Gone, it is made again.
 *
 * @returns `null` where somebody else holds the lock
 * @throws SluiceError HOME_UNUSABLE where another home is in its place; what the file system says
 */
export async function lockUnused(home: StateHome): Promise<KernelLock | null> {
  const { path, id } = home;
  const lock = lockInPlace(path);
  if (lock === "held") return null;
  const found = await homeIdIn(path);
  if (lock !== "gone") {
    if (found === id) return lock;
    lock.release();
  }
  if (found === id) return tryLock(join(path, "lock.db"));
  if (found !== null) throw madeAnew(path);
  await remakeHome(home);
  return lockUnused(home);
}

/** A lock on a file that was taken away in that moment keeps nobody out. */
function lockInPlace(path: string): KernelLock | "held" | "gone" {
  const file = join(path, "lock.db");
  const before = inodeOf(file);
  if (before === null) return "gone";
  const lock = tryLock(file);
  if (lock === null) return "held";
  if (inodeOf(file) === before) return lock;
  lock.release();
  return "gone";
}

function inodeOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
