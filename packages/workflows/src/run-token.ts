import type { WorkflowFile } from "./facts.ts";
import { listOf, parseTree, textOf, treeOf } from "./tree.ts";

/** A job that runs Sluice with the token of its run. */
export interface RunTokenJob {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  /** Whether that token may write deployments; `null` where no `permissions:` says so and the repository's setting counts. */
  readonly mayDeploy: boolean | null;
}

/**
 * Jobs that deploy or go back and give Sluice the token of their run, with what `permissions:` lets it do. A permission
 * that is not named there is not given. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
 *
 * @param variable name under which Sluice is given its token
 */
export function runTokenJobs(workflows: readonly WorkflowFile[], variable: string): readonly RunTokenJob[] {
  return workflows.flatMap(({ path, text }) => {
    const workflow = parseTree(text);
    return Object.entries(treeOf(workflow["jobs"])).flatMap(([name, value]) => {
      const job = treeOf(value);
      const isGiven = listOf(job["steps"]).some((value_) => {
        const step = treeOf(value_);
        const isDeploying = /\bsluice (?:deploy|rollback)\b/.test(textOf(step["run"]));
        const environment = { ...treeOf(workflow["env"]), ...treeOf(job["env"]), ...treeOf(step["env"]) };
        return isDeploying && isRunToken(textOf(environment[variable]));
      });
      const permissions = job["permissions"] ?? workflow["permissions"];
      return isGiven ? [{ path, job: name, mayDeploy: mayDeploy(permissions) }] : [];
    });
  });
}

/** Whether a value is the token of the run. */
export function isRunToken(value: string): boolean {
  return /^\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}$/.test(value);
}

function mayDeploy(permissions: unknown): boolean | null {
  if (permissions === undefined || permissions === null) return null;
  if (typeof permissions === "string") return permissions === "write-all";
  return treeOf(permissions)["deployments"] === "write";
}
