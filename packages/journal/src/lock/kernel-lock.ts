import { DatabaseSync } from "node:sqlite";

/**
 * An exclusive lock of the kernel on a file, through SQLite's own locking: gone with the process that holds it however
 * that ends, and not inherited by its children.
 *
 * Nothing in this process may open and close the file by other means meanwhile: that would give the lock up.
 */
export interface KernelLock {
  release(): void;
}

const busy = 5;

/** `null` when another process, or another lock of this one, holds it. */
export function tryLock(path: string): KernelLock | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // Nothing is ever written: no journal beside the file that a kill would leave.
    database.exec("PRAGMA journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => database.close() };
}

/** Looks without taking more than a reader's lock for an instant. */
export function isLocked(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("SELECT count(*) FROM sqlite_schema");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: unknown } | null)?.errcode === busy;
}
