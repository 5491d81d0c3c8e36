import type { WorkflowVariable } from "./facts.ts";
import { isRunToken } from "./run-token.ts";
import { listOf, type Tree, textOf, treeOf } from "./tree.ts";
import { scopeOf } from "./value-scope.ts";

/**
 * Inputs of actions/checkout that say how much of the commit is there, and with which rights it is had. Which commit, and of which
 * repository, is said by what starts a workflow; and no token is left behind in a checkout.
 * https://github.com/actions/checkout#usage
 */
const kept: ReadonlySet<string> = new Set([
  "clean",
  "fetch-depth",
  "fetch-tags",
  "filter",
  "github-server-url",
  "lfs",
  "set-safe-directory",
  "sparse-checkout",
  "sparse-checkout-cone-mode",
  "ssh-key",
  "ssh-known-hosts",
  "ssh-strict",
  "ssh-user",
  "submodules",
  "token",
]);

/** What the step of a job that checks the project out asks for, as far as every job can have it. Pure. */
export function checkoutInputs(job: Tree): readonly WorkflowVariable[] {
  const steps = listOf(job["steps"]).map(treeOf);
  const inputs = steps.filter(isOfProject).map((step) => treeOf(step["with"]))[0] ?? {};
  return Object.entries(inputs)
    .map(([name, value]) => ({ name, value: textOf(value) }))
    .filter(({ name, value }) => kept.has(name) && scopeOf(value) === "every-job" && !isRunToken(value));
}

/** Whether a step checks the project out. Another repository, or another place for it, is something that a build needs besides. */
export function isOfProject({ uses, with: inputs }: Tree): boolean {
  const { repository, path } = treeOf(inputs);
  return textOf(uses).startsWith("actions/checkout@") && repository === undefined && path === undefined;
}
