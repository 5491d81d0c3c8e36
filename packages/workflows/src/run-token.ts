import type { WorkflowFile } from "./facts.ts";
import { type GithubRight, type GithubUse, rightsOfToken, tokenNames } from "./github-rights.ts";
import { listOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";

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
  if (variable === undefined || use.token !== `\${${variable}}`) return [];
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
  return listOf(job["steps"])
    .map(treeOf)
    .filter(isDeploying)
    .some((step) => {
      const environment: Tree = { ...treeOf(workflow["env"]), ...treeOf(job["env"]), ...treeOf(step["env"]) };
      return isRunToken(textOf(environment[variable]) || tokenOfAction(step, variable));
    });
}

/** What the action gives Sluice where no variable does: by default the token of the run, as `GITHUB_TOKEN`. */
function tokenOfAction(step: Tree, variable: string): string {
  if (step["uses"] === undefined || variable !== "GITHUB_TOKEN") return "";
  return textOf(treeOf(step["with"])["github-token"] ?? "${{ github.token }}");
}

function isDeploying(step: Tree): boolean {
  return runs(step, "deploy") || runs(step, "rollback");
}

function taskOf(job: Tree): "deploy" | "rollback" {
  return listOf(job["steps"]).some((step) => runs(treeOf(step), "deploy")) ? "deploy" : "rollback";
}

/** By the command, or by the action, which deploys unless it is told otherwise. */
function runs(step: Tree, verb: "deploy" | "rollback"): boolean {
  if (new RegExp(`\\bsluice ${verb}\\b`).test(textOf(step["run"]))) return true;
  const command = textOf(treeOf(step["with"])["command"]) || "deploy";
  return /\/sluice@/.test(textOf(step["uses"])) && new RegExp(`^${verb}\\b`).test(command);
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
