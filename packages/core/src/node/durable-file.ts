import { randomBytes } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Beginning of the names of what is not finished, or half removed; a crash may leave it, and nobody reads it. */
export const temporaryPrefix = ".tmp-";

/** A new name for something unfinished, to lie beside what it will become. */
export const temporaryName = (purpose: string): string =>
  `${temporaryPrefix}${purpose}-${randomBytes(6).toString("hex")}`;

/** Replaces a file so that a crash leaves the old or the new content, never a part. Mode 0600. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(path, content);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
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
    await syncPath(dirname(path));
  }
}

/** Writes a new file of mode 0600; its name survives a loss of power once its directory is synced. @throws EEXIST */
export async function createFile(path: string, content: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(content);
  await file.sync();
}

/** Makes the content of a file, or the names in a directory, survive a loss of power. */
export async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    await createFile(temporary, content);
  } catch (error) {
    // A full disk must not keep what did not fit.
    await rm(temporary, { force: true });
    throw error;
  }
  return temporary;
}
