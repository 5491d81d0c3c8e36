import { isOfProject } from "./checkout-inputs.ts";
import { deployingJobs } from "./deploying-jobs.ts";
import { runs, runsSluice } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { foreignRunner } from "./foreign-runner.ts";
import { isFor } from "./names.ts";
import { eventsOf, listOf, parseTree, type Tree, treeOf } from "./tree.ts";

/** A job that puts what nobody has released where what was released last is checked out. */
export interface UnreleasedCheckout {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
}

/** What starts a workflow without a commit of its own: it is of the default branch, or of what somebody chose. */
const withoutCommit: readonly string[] = ["schedule", "workflow_dispatch", "workflow_run"];

/**
 * Jobs of the workflows for an environment, by their path, that run Sluice on a machine of one's own, release nothing, and check out
 * each time what their workflow is of: by the clock, or by hand, the default branch. All jobs of a runner have one directory, of
 * which services in base mount files. Of one that has a condition, or names a commit, nothing is said; nor of one beside a job that
 * deploys, which has the same commit. Pure.
 */
export function unreleasedCheckouts(
  workflows: readonly WorkflowFile[],
  environment: string,
): readonly UnreleasedCheckout[] {
  return workflows
    .filter(({ path }) => isFor(environment, path.split("/").at(-1) ?? ""))
    .flatMap(({ path, text }) => {
      const workflow = parseTree(text);
      const jobs = Object.entries(treeOf(workflow["jobs"])).map(([job, value]) => ({ job, value: treeOf(value) }));
      const isOfCommit = eventsOf(workflow["on"]).some((event) => !withoutCommit.includes(event));
      const deploys = jobs.some(({ value }) => stepsOf(value).some((step) => runs(step, "deploy")));
      if (isOfCommit || deploys || deployingJobs(workflow).length > 0) return [];
      return jobs.flatMap(({ job, value }) => (replacesCheckout(value) ? [{ path, job }] : []));
    });
}

function replacesCheckout(job: Tree): boolean {
  const steps = stepsOf(job);
  const isEachTime = (step: Tree) =>
    isOfProject(step) && step["if"] === undefined && treeOf(step["with"])["ref"] === undefined;
  return foreignRunner(job) !== null && steps.some(runsSluice) && steps.some(isEachTime);
}

function stepsOf(job: Tree): readonly Tree[] {
  return listOf(job["steps"]).map(treeOf);
}
