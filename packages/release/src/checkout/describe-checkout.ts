import { SluiceError } from "@sluice/core";
import { findRoot } from "./find-root.ts";
import { lfsPointers } from "./lfs-pointers.ts";
import { missingSubmodules } from "./missing-submodules.ts";
import { readTree } from "./read-tree.ts";
import { runGit } from "./run-git.ts";

export interface Checkout {
  /** Full commit id; `null` outside a repository. */
  readonly commit: string | null;
  /** There are changes or untracked files that the commit does not hold. `true` outside a repository. */
  readonly dirty: boolean;
  /** Paths of the first of these; empty outside a repository. */
  readonly changes: readonly string[];
  /** What `git describe --tags --always` says, `-dirty` added; `null` outside a repository. */
  readonly describe: string | null;
  readonly tagsAtHead: readonly string[];
  /** Paths of submodules that the commit names and that are not checked out, see `missingSubmodules`. */
  readonly missingSubmodules: readonly string[];
  /** Paths of files of Git LFS of which only the pointer is checked out, see `lfsPointers`. */
  readonly lfsPointers: readonly string[];
}

export interface CheckoutOptions {
  readonly signal?: AbortSignal | undefined;
}

const noCheckout: Checkout = {
  commit: null,
  dirty: true,
  changes: [],
  describe: null,
  tagsAtHead: [],
  missingSubmodules: [],
  lfsPointers: [],
};

/**
 * What git says of the tree that a directory belongs to. Ignored files do not make it dirty.
 *
 * @throws SluiceError RELEASE_REFUSED when there is a repository that git cannot read, or no git
 */
export async function describeCheckout(directory: string, { signal }: CheckoutOptions = {}): Promise<Checkout> {
  const root = await findRoot(directory);
  const [missing, pointers, status, describe, tags] = await Promise.all([
    root === null ? [] : missingSubmodules(root, signal),
    root === null ? [] : lfsPointers(root, signal),
    readTree(directory, signal),
    runGit(directory, ["describe", "--tags", "--always"], signal),
    runGit(directory, ["tag", "--points-at", "HEAD"], signal),
  ]);
  if (status.exitCode !== 0 && root === null) return noCheckout;
  const failed = [status, describe, tags].find(({ exitCode }) => exitCode !== 0);
  if (failed) throw failed.exitCode === null ? withoutGit(directory) : unreadable(directory, failed.stderr);
  const { commit, changes } = status;
  const dirty = changes.length > 0;
  if (commit === null) throw unreadable(directory, "HEAD names no commit");
  return {
    commit,
    dirty,
    changes,
    describe: `${describe.stdout.trim()}${dirty ? "-dirty" : ""}`,
    tagsAtHead: tags.stdout.split("\n").filter((tag) => tag !== ""),
    missingSubmodules: missing,
    lfsPointers: pointers,
  };
}

function unreadable(directory: string, stderr: string): SluiceError {
  return new SluiceError("RELEASE_REFUSED", `the git repository of ${directory} cannot be read`, {
    detail: stderr.trim(),
    hint: "see what `git -C DIRECTORY status` says there; it may belong to another user, or have no commit yet",
  });
}

function withoutGit(directory: string): SluiceError {
  return new SluiceError("RELEASE_REFUSED", `the git repository of ${directory} cannot be read: git is not installed`, {
    hint: "install git where sluice runs, or put its directory on PATH",
  });
}
