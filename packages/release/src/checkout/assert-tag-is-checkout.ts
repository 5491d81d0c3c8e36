import { assertReleaseTag, SluiceError } from "@sluice/core";
import type { CheckoutOptions } from "./describe-checkout.ts";
import { runGit } from "./run-git.ts";

export interface TagOptions extends CheckoutOptions {
  /** A tag that git does not know, and a directory that is no checkout, are no reason to refuse. Default false. */
  readonly mayBeUnknown?: boolean | undefined;
}

/**
 * What is deployed under a tag must be what the tag names.
 *
 * @throws SluiceError RELEASE_REFUSED naming both commits, NAME_INVALID
 */
export async function assertTagIsCheckout(
  tag: string,
  directory: string,
  { signal, mayBeUnknown = false }: TagOptions = {},
): Promise<void> {
  assertReleaseTag(tag);
  const names = [`refs/tags/${tag}^{commit}`, "HEAD^{commit}"] as const;
  // One process where all is well; two more to say what is not.
  const both = await runGit(directory, ["rev-parse", "--revs-only", ...names], signal);
  const [one, other, ...more] = both.stdout.trim().split("\n");
  if (both.exitCode === 0 && one !== "" && one === other && more.length === 0) return;
  const commitOf = (name: string) => runGit(directory, ["rev-parse", "--verify", "--quiet", name], signal);
  const [tagged, head] = await Promise.all([commitOf(names[0]), commitOf(names[1])]);
  if (mayBeUnknown && (head.exitCode !== 0 || tagged.exitCode !== 0)) return;
  if (head.exitCode !== 0) {
    throw new SluiceError("RELEASE_REFUSED", `${directory} is no git checkout, so it cannot be told to be ${tag}`, {
      hint: `check ${tag} out there, or name the release by hand with --release ${tag}`,
      ...(head.stderr ? { detail: head.stderr.trim() } : {}),
    });
  }
  if (tagged.exitCode !== 0) {
    throw new SluiceError("RELEASE_REFUSED", `the checkout in ${directory} does not know the tag ${tag}`, {
      hint: "check out with `ref: ${{ github.ref }}`, or `fetch-tags: true` and `fetch-depth: 0`",
    });
  }
  const [wanted, found] = [tagged.stdout.trim(), head.stdout.trim()];
  if (wanted === found) return;
  throw new SluiceError(
    "RELEASE_REFUSED",
    `tag ${tag} is commit ${wanted}, but ${found} is checked out in ${directory}`,
    {
      hint: `git checkout ${tag}; to go back to a release that is stored: sluice rollback ${tag}`,
    },
  );
}
