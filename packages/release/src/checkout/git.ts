import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Output of git in a directory, trimmed; `null` when git says no (no repository, no such name). */
export async function git(directory: string, args: readonly string[], signal?: AbortSignal): Promise<string | null> {
  try {
    const { stdout } = await run("git", ["-C", directory, ...args], { signal, maxBuffer: 16 * 1024 * 1024 });
    return stdout.trim();
  } catch (error) {
    signal?.throwIfAborted();
    if (isNo(error)) return null;
    throw error;
  }
}

/** git ran and exited with an error, or is not installed: either way nothing is known of a repository. */
function isNo(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "number" || code === "ENOENT";
}
