import { isOfProject } from "./checkout-inputs.ts";
import { runsCompose } from "./deploying-steps.ts";
import { listOf, type Tree, textOf, treeOf } from "./tree.ts";

/** A step of the job that deploys by hand which the workflows that are written do not have. */
export interface DroppedStep {
  /** Its name, else the action that it uses, or its first command. */
  readonly title: string;
  /** Makes the file of variables that Compose and services read; it is not in git, and so nowhere else. */
  readonly writesEnvFile: boolean;
}

/** `> .env`, `>> config/.env.production`, `| tee .env`, `cp secrets .env` */
const envFile = /(?:>|\btee\b(?: -a)?|\b(?:cp|mv|install|ln)\b[^\n;&|]*)\s*["']?(?:[\w${}./-]*\/)?\.env\b/;
/** What a command leaves for those that come after it, and a script that also runs Compose may begin with. */
const registryLogin = /\bdocker login\b/;

/**
 * Steps of a job that are neither the checkout of the project, nor Compose, nor Sluice, and scripts that also prepare what
 * Compose needs. Nobody takes them once that workflow is gone. Pure.
 */
export function droppedSteps(job: Tree): readonly DroppedStep[] {
  return listOf(job["steps"])
    .map(treeOf)
    .filter((step) => !isOfProject(step))
    .map((step) => ({ step, writesEnvFile: writesEnvFile(step) }))
    .filter(({ step, writesEnvFile }) => !runsCompose(step) || writesEnvFile || registryLogin.test(textOf(step["run"])))
    .map(({ step, writesEnvFile }) => ({ title: titleOf(step), writesEnvFile }));
}

function writesEnvFile({ run, uses }: Tree): boolean {
  return envFile.test(textOf(run)) || /env-?file/i.test(textOf(uses));
}

const longestTitle = 80;

function titleOf({ name, uses, run }: Tree): string {
  const commands = textOf(run)
    .split("\n")
    .map((line) => line.trim());
  const title = textOf(name) || textOf(uses) || (commands.find((line) => /^[^#\s]/.test(line)) ?? "");
  return title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;
}
