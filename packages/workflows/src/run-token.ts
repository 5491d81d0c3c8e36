import type { WorkflowFile } from "./facts.ts";
import { listOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";

/** A job that runs Sluice with the token of its run. */
export interface RunTokenJob {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  /** Whether that token may write deployments; `null` where no `permissions:` says so and the repository's setting counts. */
  readonly mayDeploy: boolean | null;
}

/**
 * Jobs that deploy or go back and give Sluice the token of their run, with what `permissions:` lets it do: in a script,
 * or by the action. A permission that is not named there is not given.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
 *
 * @param variable name under which Sluice is given its token
 */
export function runTokenJobs(workflows: readonly WorkflowFile[], variable: string): readonly RunTokenJob[] {
  return workflows.flatMap(({ path, text }) => {
    const workflow = parseTree(text);
    const jobs = Object.entries(treeOf(workflow["jobs"])).map(([name, job]) => ({ name, job: treeOf(job) }));
    return jobs
      .filter(({ job }) => givesToken(workflow, job, variable))
      .map(({ name, job }) => ({
        path,
        job: name,
        mayDeploy: mayWriteDeployments(job["permissions"] ?? workflow["permissions"]),
      }));
  });
}

/** Whether a value is the token of the run. */
export function isRunToken(value: string): boolean {
  return /^\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}$/.test(value);
}

function givesToken(workflow: Tree, job: Tree, variable: string): boolean {
  return listOf(job["steps"])
    .map(treeOf)
    .filter(isDeploying)
    .some((step) => {
      const environment: Tree = { ...treeOf(workflow["env"]), ...treeOf(job["env"]), ...treeOf(step["env"]) };
      return isRunToken(textOf(environment[variable]));
    });
}

/** By the command, or by the action, which deploys unless it is told otherwise. */
function isDeploying(step: Tree): boolean {
  if (/\bsluice (?:deploy|rollback)\b/.test(textOf(step["run"]))) return true;
  const command = textOf(treeOf(step["with"])["command"]) || "deploy";
  return /\/sluice@/.test(textOf(step["uses"])) && /^(?:deploy|rollback)\b/.test(command);
}

function mayWriteDeployments(permissions: unknown): boolean | null {
  if (permissions === undefined || permissions === null) return null;
  if (typeof permissions === "string") return permissions === "write-all";
  return treeOf(permissions)["deployments"] === "write";
}
