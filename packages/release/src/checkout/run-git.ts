import { execFile } from "node:child_process";

export interface GitResult {
  /** `null` when there is no git to run. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 60_000;
/** A tree with a hundred thousand untracked files is still just dirty. */
const maxBuffer = 64 * 1024 * 1024;

/** Runs git in a directory, changing nothing, not even its index. Rejects with the signal's reason. */
export function runGit(directory: string, args: readonly string[], signal?: AbortSignal): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const all = ["--no-optional-locks", "-C", directory, ...args];
    execFile("git", all, { signal, timeout: timeoutMs, maxBuffer }, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (!error) resolve({ exitCode: 0, stdout, stderr });
      else if (error.code === "ENOENT") resolve({ exitCode: null, stdout, stderr: "git is not installed" });
      else if (typeof error.code === "number") resolve({ exitCode: error.code, stdout, stderr });
      else reject(error);
    });
  });
}
