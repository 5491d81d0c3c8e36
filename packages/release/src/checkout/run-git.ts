import { type ExecFileException, execFile } from "node:child_process";
import { SluiceError } from "@sluice/core";
import { findRoot } from "./find-root.ts";

export interface GitResult {
  /** `null` when there is no git to run. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 60_000;
/** A tree with a hundred thousand untracked files is still just dirty. */
const maxBuffer = 64 * 1024 * 1024;

/**
 * Runs git in a directory, changing nothing, not even its index. What git said only part of is no result: whoever took it for one
 * would find no changes.
 *
 * @throws SluiceError RELEASE_REFUSED where git takes longer than 60 s, says more than 64 MiB, is ended by a signal or cannot be
 * started; the signal's reason
 */
export async function runGit(directory: string, args: readonly string[], signal?: AbortSignal): Promise<GitResult> {
  const env = await environmentFor(directory);
  return new Promise((resolve, reject) => {
    const all = ["--no-optional-locks", "-C", directory, ...args];
    const options = { signal, timeout: timeoutMs, maxBuffer, env };
    execFile("git", all, options, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (!error) resolve({ exitCode: 0, stdout, stderr });
      else if (error.code === "ENOENT") resolve({ exitCode: null, stdout, stderr: "git is not installed" });
      else if (typeof error.code === "number") resolve({ exitCode: error.code, stdout, stderr });
      else reject(unfinished(directory, error));
    });
  });
}

/**
 * What ties git to one repository wherever it is run, as in a hook; see `git rev-parse --local-env-vars`. Its settings stay, as git
 * itself keeps them for submodules: `safe.directory` may be among them.
 */
const repositoryVariables: ReadonlySet<string> = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_CONFIG",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
]);

/**
 * Git finds the repository of the directory that it is given; what is in none may be the work tree of the one that is named, as where a
 * hook of a bare repository checks out elsewhere. It inherits all else, like any child.
 */
async function environmentFor(directory: string): Promise<NodeJS.ProcessEnv> {
  const isTied = Object.keys(process.env).some((name) => repositoryVariables.has(name));
  if (!isTied || (await findRoot(directory)) === null) return process.env;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !repositoryVariables.has(name)));
}

function unfinished(directory: string, { code, killed, signal }: ExecFileException): SluiceError {
  const reason =
    code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER"
      ? `git says more than ${maxBuffer / 1_048_576} MiB`
      : killed
        ? `git took longer than ${timeoutMs / 1_000} s`
        : signal
          ? `git was ended by ${signal}`
          : `git cannot be started (${code ?? "unknown error"})`;
  return new SluiceError("RELEASE_REFUSED", `the git repository of ${directory} cannot be read: ${reason}`, {
    hint: "see what `git -C DIRECTORY status` says there, and how long it takes",
  });
}
