import { type GitResult, runGit } from "./run-git.ts";

export interface TreeStatus {
  /** Full commit id; `null` where HEAD names none, and where git has failed. */
  readonly commit: string | null;
  /** Paths of the first changes and untracked files that the commit does not hold. */
  readonly changes: readonly string[];
}

/** Commit and changes of the tree that a directory belongs to, in one process. */
export async function readTree(directory: string, signal?: AbortSignal): Promise<GitResult & TreeStatus> {
  const status = await runGit(directory, ["status", ...statusFlags], signal);
  return { ...status, ...parseStatus(status.stdout) };
}

// Its header says the commit, which else were one more process, before the others. Nobody asks how far the upstream is.
const statusFlags = [
  "--porcelain=v2",
  "--branch",
  "--no-ahead-behind",
  "-z",
  "--untracked-files=normal",
  "--ignore-submodules=none",
];

/** @see https://git-scm.com/docs/git-status#_porcelain_format_version_2 */
function parseStatus(output: string): TreeStatus {
  const lines = output.split("\0").filter((line) => line !== "");
  const [, commit = null] = lines.map((line) => /^# branch\.oid ([0-9a-f]+)$/.exec(line)).find(Boolean) ?? [];
  const changes: string[] = [];
  for (let at = 0; at < lines.length && changes.length < keptChanges; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith("# ")) continue;
    const type = line.slice(0, 1);
    changes.push(
      line
        .split(" ")
        .slice(fieldsBefore[type] ?? 1)
        .join(" "),
    );
    // The path it was renamed from is an entry of its own.
    if (type === "2") at += 1;
  }
  return { commit, changes };
}

/** What a line says before its path, by its type: changed, renamed, unmerged; of what is untracked it is the type alone. */
const fieldsBefore: Readonly<Record<string, number>> = { "1": 8, "2": 9, u: 10 };
const keptChanges = 10;
