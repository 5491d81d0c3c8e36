import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SluiceError } from "@sluice/core";
import { runGit } from "./run-git.ts";

export interface Checkout {
  /** Full commit id; `null` outside a repository. */
  readonly commit: string | null;
  /** There are changes or untracked files that the commit does not hold. `true` outside a repository. */
  readonly dirty: boolean;
  /** What `git describe --tags --always` says, `-dirty` added; `null` outside a repository. */
  readonly describe: string | null;
  readonly tagsAtHead: readonly string[];
}

export interface CheckoutOptions {
  readonly signal?: AbortSignal | undefined;
}

const noCheckout: Checkout = { commit: null, dirty: true, describe: null, tagsAtHead: [] };

/**
 * What git says of the tree that a directory belongs to. Ignored files do not make it dirty.
 *
 * @throws SluiceError RELEASE_REFUSED when there is a repository that git cannot read
 */
export async function describeCheckout(directory: string, { signal }: CheckoutOptions = {}): Promise<Checkout> {
  const head = await runGit(directory, ["rev-parse", "--verify", "HEAD^{commit}"], signal);
  if (head.exitCode !== 0) {
    if (await hasRepository(directory)) throw unreadable(directory, head.stderr);
    return noCheckout;
  }
  const [status, describe, tags] = await Promise.all(
    [
      ["status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none"],
      ["describe", "--tags", "--always"],
      ["tag", "--points-at", "HEAD"],
    ].map((args) => runGit(directory, args, signal)),
  );
  const failed = [status, describe, tags].find((result) => result?.exitCode !== 0);
  if (failed) throw unreadable(directory, failed.stderr);
  const dirty = status?.stdout !== "";
  return {
    commit: head.stdout.trim(),
    dirty,
    describe: `${describe?.stdout.trim()}${dirty ? "-dirty" : ""}`,
    tagsAtHead: (tags?.stdout ?? "").split("\n").filter((tag) => tag !== ""),
  };
}

/** Git says no more than "failed" both where there is no repository and where it may not read one. */
async function hasRepository(directory: string): Promise<boolean> {
  for (let path = directory; ; path = dirname(path)) {
    const isHere = await access(join(path, ".git")).then(
      () => true,
      () => false,
    );
    if (isHere) return true;
    if (dirname(path) === path) return false;
  }
}

function unreadable(directory: string, stderr: string): SluiceError {
  return new SluiceError("RELEASE_REFUSED", `the git repository of ${directory} cannot be read`, {
    detail: stderr.trim(),
    hint: "see what `git -C DIRECTORY status` says there; it may belong to another user, or have no commit yet",
  });
}
