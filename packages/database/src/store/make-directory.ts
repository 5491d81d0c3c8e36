import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A directory and all above it that are not there, each for its owner alone (0700). Node's `recursive` never returns
 * where a file system answers ENOENT to a new entry of a directory that is there, as /proc does.
 *
 * @param path absolute
 * @throws the error of the file system for the first one that cannot be made
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  await makeDirectory(dirname(path));
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    // Somebody else may have been faster.
    if (!(await isDirectory(path))) throw error;
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
