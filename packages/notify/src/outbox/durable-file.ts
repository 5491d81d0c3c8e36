import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Beginning of the names of files that are not finished; a crash may leave them, nobody reads them, and the next run removes them. */
export const temporaryPrefix = ".tmp-";

/** Replaces a file so that a crash leaves the old or the new content, never a part. Mode 0600. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${basename(path)}-${randomBytes(6).toString("hex")}`);
  try {
    {
      await using file = await open(temporary, "wx", 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await using directory = await open(dirname(path), "r");
  await directory.sync();
}
