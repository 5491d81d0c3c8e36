import type { CheckoutOptions } from "./describe-checkout.ts";
import { runGit } from "./run-git.ts";

/** Whether git has only the last commits of the tree that a directory belongs to; `false` outside a repository. */
export async function isShallow(directory: string, { signal }: CheckoutOptions = {}): Promise<boolean> {
  const { stdout } = await runGit(directory, ["rev-parse", "--is-shallow-repository"], signal);
  return stdout.trim() === "true";
}
