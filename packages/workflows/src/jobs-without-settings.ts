import { deployingSteps, variablesOfStep } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { isFor } from "./names.ts";
import { parseTree, type Tree, textOf, treeOf } from "./tree.ts";

/** A job that deploys to an environment and does not say so to Sluice. */
export interface JobWithoutSettings {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  readonly environment: string;
}

/**
 * Jobs of workflows for an environment, by their path, that deploy or go back without the settings that the configuration
 * has for it: no `--env`, no `SLUICE_ENVIRONMENT`, no input of the action or the reusable workflow.
 *
 * @param environments names under `environments:` of the configuration
 */
export function jobsWithoutSettings(
  workflows: readonly WorkflowFile[],
  environments: readonly string[],
): readonly JobWithoutSettings[] {
  return workflows.flatMap(({ path, text }) => {
    const environment = environments.find((name) => isFor(name, path.split("/").at(-1) ?? ""));
    if (environment === undefined) return [];
    const workflow = parseTree(text);
    return Object.entries(treeOf(workflow["jobs"]))
      .filter(([, job]) => deploysWithout(workflow, treeOf(job)))
      .map(([job]) => ({ path, job, environment }));
  });
}

function deploysWithout(workflow: Tree, job: Tree): boolean {
  if (/\/deploy-compose\.yml@/.test(textOf(job["uses"]))) return textOf(treeOf(job["with"])["environment"]) === "";
  return deployingSteps(job).some((step) => {
    const isInScript =
      /\s--env[ =]/.test(textOf(step["run"])) || /^--env\b/m.test(textOf(treeOf(step["with"])["arguments"]));
    const given = [variablesOfStep(workflow, job, step)["SLUICE_ENVIRONMENT"], treeOf(step["with"])["environment"]];
    return !isInScript && given.every((value) => textOf(value) === "");
  });
}
