import type { CheckoutOptions } from "./describe-checkout.ts";
import { runGit } from "./run-git.ts";

/**
 * What git has at a path, by names relative to the directory; `null` where no repository is around that, or git does not say.
 *
 * @param path a file or a directory, absolute or relative to the directory
 * @throws the signal's reason
 */
export async function trackedFiles(
  directory: string,
  path: string,
  { signal }: CheckoutOptions = {},
): Promise<readonly string[] | null> {
  const said = await runGit(directory, ["ls-files", "-z", "--", path], signal).catch(() => null);
  signal?.throwIfAborted();
  return said?.exitCode === 0 ? said.stdout.split("\0").filter((name) => name !== "") : null;
}
