import { join, relative } from "node:path";
import { shellWord } from "@sluice/core";
import type { AlteredVariable, ProjectWorkflows, WorkflowVariable } from "@sluice/wiring";
import type { CommandCall } from "../context.ts";
import { givenFlags, withFlags } from "../given-flags.ts";
import { formatDiff } from "../init/diff.ts";
import { notOnRunnerText, ownDefaultsText } from "../init/not-on-runner.ts";
import { readIfThere, writeProjectFile } from "../init/project-file.ts";
import { writeJson } from "../render/json.ts";
import { shellDirectory } from "../shell-directory.ts";
import { withDeployer } from "../with-deployer.ts";

type State = "written" | "unchanged" | "differs";

interface Done {
  readonly path: string;
  readonly state: State;
}

/** `sluice init --workflow`: workflows for GitHub Actions, at the root of the checkout. A file that is there and says something else is changed only with `--yes`. */
export async function initWorkflow(call: CommandCall): Promise<number> {
  const { context, flags } = call;
  return withDeployer(call, async (deployer) => {
    const { files, byHand: foundByHand, ...found } = await deployer.workflows();
    const { directory, altered, leftOut, migration, untaken, droppedSteps, unset, profiles, settings } = found;
    const command = withFlags("sluice init --workflow --yes", givenFlags(flags));
    const done: Done[] = [];
    for (const { path, text } of files) {
      const name = relative(shellDirectory(context), join(directory, path));
      const existing = await readIfThere(join(directory, path));
      const state = stateOf(existing, text, flags.yes === true);
      if (state === "written") await writeProjectFile(join(directory, path), name, text);
      if (!flags.json) context.stdout.write(textOf(state, name, existing ?? "", text, command));
      done.push({ path, state });
    }
    // One that was written over does so no more.
    const byHand = foundByHand.filter((path) => stateIn(done, path) !== "written");
    if (flags.json) {
      writeJson(context, { ...found, files: done, byHand });
    } else {
      if (leftOut) context.stdout.write(leftOutText(leftOut));
      if (migration) context.stdout.write(migrationText(migration));
      context.stdout.write(notOnRunnerText(found));
      context.stdout.write(untaken.map(untakenText).join(""));
      context.stdout.write(droppedSteps.map(droppedText).join(""));
      context.stdout.write(altered.map(alteredText).join(""));
      if (unset.length > 0) context.stdout.write(unsetText(unset));
      if (profiles !== null) context.stdout.write(profilesText(profiles));
      context.stdout.write(ownDefaultsText(found.ownDefaults));
      context.stdout.write(byHand.map((path) => byHandText(path, stateIn(done, path), command)).join(""));
      context.stdout.write(settingsText(settings, found));
    }
    return 0;
  });
}

function stateOf(existing: string | null, text: string, yes: boolean): State {
  if (existing === text) return "unchanged";
  return existing === null || yes ? "written" : "differs";
}

function stateIn(done: readonly Done[], path: string): State | undefined {
  return done.find((file) => file.path === path)?.state;
}

function byHandText(path: string, state: State | undefined, command: string): string {
  if (state === undefined) return `${path} deploys past Sluice: remove it\n`;
  return `${path} goes on deploying past Sluice until \`${command}\` has written it\n`;
}

function leftOutText({ files, composeFile }: NonNullable<ProjectWorkflows["leftOut"]>): string {
  const [are, them] = files.length === 1 ? ["is", "it"] : ["are", "them"];
  return `${files.join(", ")} ${are} left out; to deploy with ${them}, write COMPOSE_FILE: ${composeFile} into the workflow that deploys and run this again\n`;
}

function migrationText({ path, service, command }: NonNullable<ProjectWorkflows["migration"]>): string {
  return `the migration of ${path} runs before each version: ${command} in ${service}; see that it is one for production\n`;
}

function untakenText({ path, line }: ProjectWorkflows["untaken"][number]): string {
  return `no workflow that is written runs \`${line}\` of ${path}: if a version needs it, make it a service with the role job, or a part of that migration\n`;
}

function droppedText({ path, title, writesEnvFile }: ProjectWorkflows["droppedSteps"][number]): string {
  const dropped = `no workflow that is written has the step "${title}" of ${path}`;
  if (!writesEnvFile) return `${dropped}: what a deployment needs of it is to be set up on the runner, or added\n`;
  return `${dropped}, which writes a file of variables: make a secret of each one in it that the workflows name, as one that is not there is an empty text, and add the step where a service reads the file itself\n`;
}

function alteredText({ path, name, value, inDeployment, inOthers }: AlteredVariable): string {
  const without = "left out, or its secret where Compose cannot do without";
  if (inDeployment === null) {
    return `${name} is ${without}: no job that is written knows ${value}, which it is in ${path}; to give it another value, write a text, secrets.*, vars.* or github.* into the workflow that deploys and run this again\n`;
  }
  if (inOthers === inDeployment) {
    return `${name} is ${value} in each workflow: of the release where one is deployed, and of the branch that the run is on in the others, which no release starts; where containers must not differ by that, write a text, secrets.* or vars.* into the workflow that deploys and run this again\n`;
  }
  const others = inOthers ?? without;
  return `${name} is ${value} where a release is deployed; in the other workflows, which no release starts, it is ${others}\n`;
}

function profilesText({ profiles, isSet }: NonNullable<ProjectWorkflows["profiles"]>): string {
  if (!isSet) {
    return `${profiles} of COMPOSE_PROFILES is active here, and no workflow says so: where production is to run what is under it, write COMPOSE_PROFILES into env: of the workflow that deploys and run this again, or give it as --profile\n`;
  }
  return `COMPOSE_PROFILES is ${profiles} in each workflow, as those profiles are active here, and a checkout on the runner does not say so: see that they are what is to run there\n`;
}

function unsetText(names: readonly string[]): string {
  const [are, them] = names.length === 1 ? ["is", "it"] : ["are", "them"];
  return `${names.join(", ")} ${are} given to services by name alone, and set by no workflow: where containers need a value, write it into env: of the workflow that deploys and run this again, or set ${them} in the environment of the runner\n`;
}

/** Without these a deployment by hand would be of other files: without the migration, and with what is for development. */
function settingsText(
  settings: readonly WorkflowVariable[],
  { directory, stack }: Pick<ProjectWorkflows, "directory" | "stack">,
): string {
  const isOfRun = ({ value }: WorkflowVariable) => value.includes("${{");
  const isStack = ({ name }: WorkflowVariable) => name === "STACK_NAME";
  const typed = settings.filter((one) => isStack(one) || !isOfRun(one));
  const words = typed.map((one) => `${one.name}=${isOfRun(one) ? (stack ?? "mystack") : shellWord(one.value)}`);
  const secret = typed.find(isOfRun)?.value.replaceAll(/^\$\{\{\s*|\s*\}\}$/g, "");
  const same = stack === null ? ", with the name of the stack for mystack" : `, where ${secret} is that name, too`;
  const name = secret === undefined ? "" : same;
  const others = settings.filter((one) => !typed.includes(one)).map((one) => `${one.name} (${one.value})`);
  const rest = others.length > 0 ? `and with what only a run knows, set by you: ${others.join(", ")}\n` : "";
  return `by hand the same is deployed from ${directory} after this line${name}:\nexport ${words.join(" ")}\n${rest}`;
}

function textOf(state: State, name: string, before: string, after: string, command: string): string {
  if (state === "unchanged") return `${name} is as it should be\n`;
  // What people have added to it may be nowhere else.
  const diff = before === "" ? "" : formatDiff(name, before, after);
  if (state === "written") return `${diff}${name} is written\n`;
  return `${diff}${name} is not changed: \`${command}\` writes this\n`;
}
