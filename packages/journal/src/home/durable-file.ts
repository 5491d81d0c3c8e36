import { randomBytes } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Beginning of the names of files that are not finished; a crash may leave them, nobody reads them. */
export const temporaryPrefix = ".tmp-";

/** Replaces a file so that a crash leaves the old or the new content, never a part. Mode 0600. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(path, content);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Creates a file with its content at once; the first of several writers wins. Resolves `false` when it was there. */
export async function createDurably(path: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(path, content);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
    await syncDirectory(dirname(path));
  }
}

/** Makes creations and renames in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}

async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = join(dirname(path), `${temporaryPrefix}${basename(path)}-${randomBytes(6).toString("hex")}`);
  await using file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    // A full disk must not keep what did not fit.
    await rm(temporary, { force: true });
    throw error;
  }
  return temporary;
}
