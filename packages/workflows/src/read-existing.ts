import { checkoutInputs } from "./checkout-inputs.ts";
import { type DeployingJob, deployingJobs } from "./deploying-jobs.ts";
import { runsCompose } from "./deploying-steps.ts";
import { type DroppedStep, droppedSteps } from "./dropped-steps.ts";
import type { AlteredVariable, MigrationStep, WorkflowFile, WorkflowVariable } from "./facts.ts";
import { isFor } from "./names.ts";
import { oneOffRuns } from "./one-off-runs.ts";
import { profilesVariable } from "./profiles.ts";
import { isRunToken } from "./run-token.ts";
import { profilesOfScript } from "./script-profiles.ts";
import { withoutWritten } from "./step-variables.ts";
import { labelsOf, listOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";
import { isOfRun, scopeOf, withoutRelease } from "./value-scope.ts";

/** Variables that say what the facts say, whatever an existing workflow says. */
export const writtenAnew: readonly string[] = ["COMPOSE_FILE", "SLUICE_ENVIRONMENT"];

/** What a workflow that deploys the project by hand says of it. */
export interface ExistingDeployment {
  readonly path: string;
  readonly files: readonly string[];
  /** Those that every workflow can have. */
  readonly variables: readonly WorkflowVariable[];
  /**
   * Those that not every workflow can have as they are, as what started this one, or a step of it, gave them their value; and of
   * `variables` those that are another one in each run.
   */
  readonly altered: readonly AlteredVariable[];
  /** The first command that a container runs once. */
  readonly migration: MigrationStep | null;
  /** Further commands of that kind, and those that a compose file cannot say: nobody runs them once this workflow is gone. */
  readonly untaken: readonly string[];
  /** What else its job does by hand; none where it runs Sluice alone, as one that was written here does. */
  readonly droppedSteps: readonly DroppedStep[];
  readonly runsOn: readonly string[];
  /** Of the step that checks the project out. */
  readonly checkoutInputs: readonly WorkflowVariable[];
  /** Brings Compose up itself: users and the record of a stack that Sluice deploys would be passed by. */
  readonly isByHand: boolean;
}

/** Whether compose files, or the configuration beside them, take the value of a variable from outside. */
export type VariableUse = (name: string, composeFiles: readonly string[]) => boolean;

/**
 * Deployments that the project's workflows make: jobs that bring a Compose project up, or that run Sluice already. Those for
 * production come first, and of them those that a release starts, and those on a machine of one's own. What is no workflow is
 * left out, and so are jobs that test: those of pull requests, and those on machines that are thrown away.
 *
 * @param environment of another than production only what names it in its path
 * @param isUsed of the variables of steps that run neither Compose nor Sluice, such as one that tells people, only those that
 *   are used: the others are nobody else's, and may be secrets
 */
export function existingDeployments(
  workflows: readonly WorkflowFile[],
  environment = "production",
  isUsed: VariableUse = () => true,
): readonly ExistingDeployment[] {
  return workflows
    .filter(({ path }) => environment === "production" || isFor(environment, path))
    .flatMap(({ path, text }) => {
      const workflow = parseTree(text);
      return deployingJobs(workflow).map((found) => ({ found, existing: deploymentOf(path, workflow, found, isUsed) }));
    })
    .toSorted((a, b) => {
      const [one, other] = [orderOf(a.existing.path, a.found), orderOf(b.existing.path, b.found)];
      return one - other || (a.existing.path < b.existing.path ? -1 : Number(a.existing.path > b.existing.path));
    })
    .map(({ existing }) => existing);
}

function deploymentOf(
  path: string,
  workflow: Tree,
  { job, script, isByHand }: DeployingJob,
  isUsed: VariableUse,
): ExistingDeployment {
  const steps = listOf(job["steps"]).map(treeOf);
  const envsOf = (those: readonly Tree[]) => those.map(({ env }) => withoutWritten(treeOf(env)));
  const envs = [workflow["env"], job["env"], ...envsOf(steps.filter(runsCompose))];
  const ofEnvironment = variablesOf(envs).find(({ name }) => name === profilesVariable)?.value;
  const profiles = profilesOfScript(script, ofEnvironment);
  const own = variablesOf([...envs, profiles === undefined ? {} : { [profilesVariable]: profiles }]);
  const ofOthers = variablesOf(envsOf(steps.filter((step) => !runsCompose(step))));
  const files = filesOf(script, own);
  const names = new Set(own.map(({ name }) => name));
  const variables = [...own, ...ofOthers.filter(({ name }) => !names.has(name) && isUsed(name, files))];
  const runs = oneOffRuns(script);
  const taken = runs.find(({ step }) => step !== null);
  return {
    path,
    files,
    variables: variables.filter(({ value }) => scopeOf(value) === "every-job"),
    altered: variables.flatMap((variable) => alteredOf(path, variable) ?? []),
    migration: taken?.step ?? null,
    untaken: runs.filter((run) => run !== taken).map(({ line }) => line),
    droppedSteps: isByHand ? droppedSteps(job) : [],
    runsOn: labelsOf(job["runs-on"]),
    checkoutInputs: checkoutInputs(job),
    isByHand,
  };
}

/**
 * Later ones win. Not the token of the run: steps that need it are given it, and a compose file that asks for it gets it as
 * the secret it also is.
 */
function variablesOf(environments: readonly unknown[]): readonly WorkflowVariable[] {
  const values = Object.assign({}, ...environments.map(treeOf)) as Tree;
  return Object.entries(values)
    .filter(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && !isRunToken(textOf(value)))
    .map(([name, value]) => ({ name, value: textOf(value) }));
}

function alteredOf(path: string, { name, value }: WorkflowVariable): AlteredVariable | null {
  const scope = scopeOf(value);
  if ((scope === "every-job" && !isOfRun(value)) || writtenAnew.includes(name)) return null;
  const about = { path, name, value };
  if (scope === "nowhere") return { ...about, inDeployment: null, inOthers: null };
  return { ...about, inDeployment: value, inOthers: scope === "every-job" ? value : withoutRelease(value) };
}

function filesOf(script: string, variables: readonly WorkflowVariable[]): readonly string[] {
  const named = [...script.matchAll(/\s(?:-f|--file)[ =]\s*(["']?)(?<file>[\w./-]+\.ya?ml)\1/g)];
  if (named.length > 0) return [...new Set(named.map(({ groups }) => groups?.["file"] ?? ""))];
  const listed = variables.find(({ name }) => name === "COMPOSE_FILE")?.value;
  return listed ? listed.split(":") : [];
}

/** What its path says weighs most, then what starts it, then where it runs. */
function orderOf(path: string, { isOfRelease, isSelfHosted }: DeployingJob): number {
  const byPath = isFor("production", path) ? 0 : /stag|test|dev/i.test(path) ? 2 : 1;
  return byPath * 4 + Number(!isOfRelease) * 2 + Number(!isSelfHosted);
}
