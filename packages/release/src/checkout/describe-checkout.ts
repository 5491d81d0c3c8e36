import { SluiceError } from "@sluice/core";
import { git } from "./git.ts";

export interface Checkout {
  /** Full id of HEAD; `null` outside a repository. */
  readonly commit: string | null;
  /** Tracked files differ from the commit, or there are untracked ones that are not ignored. */
  readonly dirty: boolean;
  /** `git describe --tags --always`; `null` outside a repository. */
  readonly describe: string | null;
  readonly tagsAtHead: readonly string[];
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What is checked out in a directory. */
export async function describeCheckout(directory: string, { signal }: CallOptions = {}): Promise<Checkout> {
  const [commit, status, describe, tags] = await Promise.all([
    git(directory, ["rev-parse", "--verify", "HEAD"], signal),
    git(directory, ["status", "--porcelain", "--untracked-files=normal"], signal),
    git(directory, ["describe", "--tags", "--always"], signal),
    git(directory, ["tag", "--points-at", "HEAD"], signal),
  ]);
  return {
    commit,
    dirty: status !== null && status !== "",
    describe,
    tagsAtHead: tags ? tags.split("\n") : [],
  };
}

/**
 * A release is what its tag names, not what happens to lie in the directory.
 *
 * @throws SluiceError RELEASE_REFUSED when the tag's commit is not the one that is checked out, or the tag is not there
 */
export async function assertTagIsCheckout(tag: string, directory: string, { signal }: CallOptions = {}): Promise<void> {
  const [wanted, head] = await Promise.all([
    git(directory, ["rev-parse", "--verify", "--end-of-options", `refs/tags/${tag}^{commit}`], signal),
    git(directory, ["rev-parse", "--verify", "HEAD"], signal),
  ]);
  if (head === null) {
    throw new SluiceError(
      "RELEASE_REFUSED",
      `${directory} is no git checkout, so nothing shows that it is release ${tag}`,
      {
        hint: "check the repository out first (actions/checkout), or name the release by hand with --release",
      },
    );
  }
  // A shallow checkout of the tag's commit may come without the tag itself.
  if (wanted === null || wanted === head) return;
  throw new SluiceError(
    "RELEASE_REFUSED",
    `release ${tag} is commit ${wanted.slice(0, 12)}, but ${head.slice(0, 12)} is checked out`,
    {
      hint: `check out the tag: actions/checkout with ref: ${tag}`,
    },
  );
}
