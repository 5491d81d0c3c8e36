import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";

/** Whether git has a file, and with it every checkout; `null` where no repository is around it, or no git. */
export async function isTracked(path: string, signal?: AbortSignal): Promise<boolean | null> {
  const options = { cwd: dirname(path), ...(signal && { signal }) };
  return promisify(execFile)("git", ["ls-files", "--error-unmatch", "--", basename(path)], options).then(
    () => true,
    ({ code }: { readonly code?: unknown }) => (code === 1 ? false : null),
  );
}
