import { deployingSteps, runs, variablesOfStep } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { type GithubRight, type GithubUse, rightsOfToken, tokenNames } from "./github-rights.ts";
import { parseTree, type Tree, textOf, treeOf } from "./tree.ts";

/** A job that runs Sluice with the token of its run. */
export interface RunTokenJob {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  /** What that token may not do and needs to; `null` where no `permissions:` says so and the repository's setting counts. */
  readonly lacks: readonly GithubRight[] | null;
}

/**
 * Jobs that deploy or go back and give Sluice the token of their run, with what `permissions:` lets it do: in a script,
 * or by the action. A permission that is not named there is not given.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
 *
 * @param use `github:` of the configuration, which says under which name Sluice is given its token, and what for
 */
export function runTokenJobs(workflows: readonly WorkflowFile[], use: GithubUse): readonly RunTokenJob[] {
  const names = tokenNames(use.token);
  const [variable] = names;
  // One that is put together of several is nobody's in particular.
  if (variable === undefined || use.token.replace("env:", "") !== `\${${variable}}`) return [];
  return workflows.flatMap(({ path, text }) => {
    const workflow = parseTree(text);
    const jobs = Object.entries(treeOf(workflow["jobs"])).map(([name, job]) => ({ name, job: treeOf(job) }));
    return jobs
      .filter(({ job }) => givesToken(workflow, job, variable))
      .map(({ name, job }) => ({
        path,
        job: name,
        lacks: missingRights(rightsOfToken(taskOf(job), use), job["permissions"] ?? workflow["permissions"]),
      }));
  });
}

/** Whether a value is the token of the run. */
export function isRunToken(value: string): boolean {
  return /^\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN)\s*\}\}$/.test(value);
}

function givesToken(workflow: Tree, job: Tree, variable: string): boolean {
  return deployingSteps(job).some((step) =>
    isRunToken(textOf(variablesOfStep(workflow, job, step)[variable]) || tokenOfAction(step, variable)),
  );
}

/** What the action gives Sluice where no variable does: by default the token of the run, as `GITHUB_TOKEN`. */
function tokenOfAction(step: Tree, variable: string): string {
  if (step["uses"] === undefined || variable !== "GITHUB_TOKEN") return "";
  return textOf(treeOf(step["with"])["github-token"] ?? "${{ github.token }}");
}

function taskOf(job: Tree): "deploy" | "rollback" {
  return deployingSteps(job).some((step) => runs(step, "deploy")) ? "deploy" : "rollback";
}

function missingRights(needed: readonly GithubRight[], permissions: unknown): readonly GithubRight[] | null {
  if (permissions === undefined || permissions === null) return null;
  const given = treeOf(permissions);
  const levels = (scope: string) => (typeof permissions === "string" ? permissions.replace("-all", "") : given[scope]);
  // Reading a public repository takes no right.
  return needed.filter(
    ({ scope, access, why }) => why !== null && levels(scope) !== access && levels(scope) !== "write",
  );
}
