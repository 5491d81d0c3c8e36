import { type ReleaseRequest, SluiceError } from "@sluice/core";
import type { CheckoutOptions } from "./describe-checkout.ts";
import { readTree } from "./read-tree.ts";

/**
 * The tree that a directory belongs to is still of the commit that a release was read from, and has no change that it had not then.
 * Changes to a tree that had some already cannot be told; where git knows nothing of the directory there is nothing to hold it against.
 *
 * @throws SluiceError RELEASE_REFUSED
 */
export async function assertUnchanged(
  directory: string,
  { tag, commit, dirty }: Pick<ReleaseRequest, "tag" | "commit" | "dirty">,
  { signal }: CheckoutOptions = {},
): Promise<void> {
  if (commit === null) return;
  const tree = await readTree(directory, signal);
  if (tree.exitCode !== 0) return;
  if (tree.commit !== commit) {
    const found = tree.commit ?? "no commit";
    throw refused(`${tag} was read from commit ${commit} in ${directory}, where ${found} is checked out now`, commit);
  }
  if (dirty || tree.changes.length === 0) return;
  throw refused(`${directory} was changed since ${tag} was read from it: ${tree.changes.join(", ")}`, commit);
}

function refused(message: string, commit: string): SluiceError {
  return new SluiceError("RELEASE_REFUSED", message, {
    hint: `git checkout ${commit} there, and deploy again while nobody changes it`,
  });
}
