import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A directory and all above it that are not there, each for its owner alone. Node's `recursive` never returns where a
 * file system answers ENOENT to a new entry of a directory that is there, as /proc does.
 *
 * @param path absolute
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await make(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await makeDirectory(dirname(path));
    // Everything above is there now: what is said this time is final.
    await make(path);
  }
}

/** Somebody else may be faster. */
async function make(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    if (!(await isDirectory(path))) throw error;
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
