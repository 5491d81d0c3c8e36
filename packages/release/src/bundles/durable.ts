import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Names that begin so are unfinished or half removed; nobody lists them. */
export const temporaryPrefix = ".tmp-";

/** A new name for something unfinished, to lie beside what it will become. */
export function temporaryName(purpose: string): string {
  return `${temporaryPrefix}${purpose}-${randomBytes(6).toString("hex")}`;
}

/** Replaces a file: a crash leaves the old or the new content, never a part. Mode 0600. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), temporaryName("file"));
  try {
    await createFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
}

/** Writes a new file that survives a loss of power; its name survives once its directory is synced. Mode 0600. @throws EEXIST */
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
