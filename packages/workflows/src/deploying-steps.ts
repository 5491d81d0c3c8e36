import { listOf, type Tree, textOf, treeOf } from "./tree.ts";

/** Steps of a job that deploy or go back with Sluice: in a script, or by the action, which deploys unless it is told otherwise. */
export function deployingSteps(job: Tree): readonly Tree[] {
  return listOf(job["steps"])
    .map(treeOf)
    .filter((step) => runs(step, "deploy") || runs(step, "rollback"));
}

/** Whether a step runs this command, by a script or by the action. */
export function runs(step: Tree, verb: "deploy" | "rollback"): boolean {
  if (new RegExp(`\\bsluice ${verb}\\b`).test(textOf(step["run"]))) return true;
  const command = textOf(treeOf(step["with"])["command"]) || "deploy";
  return /\/sluice@/.test(textOf(step["uses"])) && new RegExp(`^${verb}\\b`).test(command);
}

/** Whether a step runs Compose or Sluice, by a script or by the action. */
export function runsCompose(step: Tree): boolean {
  return /\bdocker[ -]compose\b/.test(textOf(step["run"])) || runsSluice(step);
}

/** Whether a step runs Sluice, by a script or by the action. */
export function runsSluice({ run, uses }: Tree): boolean {
  return /\bsluice\b/.test(textOf(run)) || /\/sluice@/.test(textOf(uses));
}

/** Variables that a step sees: of the workflow, of the job, and its own. */
export function variablesOfStep(workflow: Tree, job: Tree, step: Tree): Tree {
  return { ...treeOf(workflow["env"]), ...treeOf(job["env"]), ...treeOf(step["env"]) };
}
