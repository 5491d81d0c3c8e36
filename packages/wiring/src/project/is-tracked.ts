import { dirname, relative } from "node:path";
import { trackedFiles } from "@sluice/release";

/**
 * Whether git has a file, and with it every checkout; `null` where no repository is around it, or no git.
 *
 * @param cwd a directory of the repository that is there, as that of the file need not be. Default: that of the file
 * @throws the signal's reason
 */
export async function isTracked(path: string, signal?: AbortSignal, cwd = dirname(path)): Promise<boolean | null> {
  const tracked = await trackedFiles(cwd, relative(cwd, path), { signal });
  return tracked && tracked.length > 0;
}
