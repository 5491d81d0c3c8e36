import { execFile } from "node:child_process";
import { dirname, relative } from "node:path";
import { promisify } from "node:util";

/**
 * Whether git has a file, and with it every checkout; `null` where no repository is around it, or no git.
 *
 * @param cwd a directory of the repository that is there, as that of the file need not be. Default: that of the file
 */
export async function isTracked(path: string, signal?: AbortSignal, cwd = dirname(path)): Promise<boolean | null> {
  const options = { cwd, ...(signal && { signal }) };
  return promisify(execFile)("git", ["ls-files", "--error-unmatch", "--", relative(cwd, path)], options).then(
    () => true,
    ({ code }: { readonly code?: unknown }) => (code === 1 ? false : null),
  );
}
