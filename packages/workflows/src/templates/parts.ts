import type { WorkflowFacts, WorkflowSchedule } from "../facts.ts";
import { type GithubTask, type GithubUse, rightsFor, tokenVariables } from "../github-rights.ts";
import { pins } from "../pins.ts";
import { settingsOf } from "../settings.ts";
import { deploymentOutputs, deploymentVariable } from "../step-variables.ts";

/** First line of every file: who wrote it, and how it is written again. */
export const header = "# Written by `sluice init --workflow`, which shows what it would change before it does.\n";

/** `runs-on`, `timeout-minutes` and the environment of a job, indented for it. */
export function jobHead(facts: WorkflowFacts, timeoutMinutes: number): string {
  return `    runs-on: [${facts.runsOn.map(label).join(", ")}]
    timeout-minutes: ${timeoutMinutes}
    env:
${variablesOf(facts)}`;
}

/**
 * One entry of `schedule:`. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onschedule
 *
 * @param what it is for, as its comment
 */
export function scheduled({ cron, timezone }: WorkflowSchedule, what: string): string {
  const zone = timezone === null ? "" : `      timezone: ${scalar(timezone)}\n`;
  return `    - cron: "${cron}" # ${what}${timezone === null ? ", in UTC" : ""}\n${zone}`;
}

/**
 * The release's own files, without leaving a token behind in the checkout. All workflows have them alike: they check out into the
 * same directory, which services in base mount.
 *
 * @param settings further lines of the step. Default: none
 */
export function checkout({ hasSubmodules, checkoutInputs = [] }: WorkflowFacts, settings = ""): string {
  const submodules = hasSubmodules ? [["submodules", "recursive"] as const] : [];
  const inputs = new Map([...submodules, ...checkoutInputs.map(({ name, value }) => [name, value] as const)]);
  const lines = [...inputs].map(([name, value]) => `          ${name}: ${inputValue(value)}\n`);
  return `      - uses: ${pins.checkout}
${settings}        with:
          persist-credentials: false
${lines.join("")}`;
}

/** Of a step that checks out where nothing is. */
export const checkoutMinutes = 30;

/**
 * The same for a job that releases nothing: what services mount is to stay what was released last, and scheduled jobs are of the
 * default branch. `.git/index` is there once anything was checked out; compose files are called otherwise in other commits.
 */
export function checkoutWhereNoneIs(facts: WorkflowFacts): string {
  return checkout(
    facts,
    `        # What was released last stays checked out, as services mount it.
        if: hashFiles('.git/index') == ''
        timeout-minutes: ${checkoutMinutes}
`,
  );
}

/** To an action every input is a text, however it is written. */
function inputValue(value: string): string {
  return /^(?:true|false|0|[1-9]\d*)$/.test(value) ? value : scalar(value);
}

/** `permissions:` of a workflow, or with an indentation of a job: what its task needs, and why. */
export function permissions(task: GithubTask, use: GithubUse, indent = ""): string {
  const lines = rightsFor(task, use).map(({ scope, access, why }) => {
    const reason = why === null ? "" : `${indent}  # ${why}\n`;
    return `${reason}${indent}  ${scope}: ${access}\n`;
  });
  return `${indent}permissions:\n${lines.join("")}`;
}

/** Lines of a step's `env:` that hand Sluice its token for GitHub. */
export function tokenLines(use: GithubUse): string {
  return tokenVariables(use)
    .map(([name, value]) => `          ${name}: ${value}\n`)
    .join("");
}

function variablesOf(facts: WorkflowFacts): string {
  const all = [...settingsOf(facts), ...facts.variables];
  return all.map(({ name, value }) => `      ${name}: ${scalar(value)}\n`).join("");
}

/** A YAML scalar that is this text: plain where nothing in it can be misread. */
export function scalar(text: string): string {
  const isExpression = /^\$\{\{[\w .()'!=&|-]*\}\}$/.test(text);
  return isExpression ? text : label(text);
}

/** The same within brackets, where braces mean something. */
function label(text: string): string {
  const isPlain =
    /^[A-Za-z][\w./-]*(?::[\w./-]+)*$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/**
 * A deployment that this run began and that has no end: it was cancelled, or killed, as a machine out of memory does. What
 * others left open is not for this run to undo, nor what waits for a person, unless a person has cancelled it.
 */
const isCutShort = [
  "steps.sluice.outputs.unfinished != ''",
  "(cancelled() || (failure() && steps.sluice.outputs.outcome != 'needs-person'))",
].join(" && ");

/** The step that ends it, and nothing else: it is named, as others may have deployed meanwhile. */
export function undoStep({ github }: WorkflowFacts): string {
  return `      - id: undo
        name: Undo or finish what a run that was cut short left
        # GitHub ends a cancelled step after 10 seconds, and a machine out of memory kills what it likes: users may then be at
        # a version that nobody watches. The record says how far it came; this undoes it, or finishes it where there is no
        # good way back, at once where nothing is left. A machine that dies is caught up with by the next run, and what others
        # left open is theirs.
        if: ${isCutShort}
        # GitHub gives a cancelled job 5 minutes.
        timeout-minutes: \${{ job.status == 'cancelled' && 4 || 60 }}
        # GitHub is told of this ending, too.
        env:
${tokenLines(github)}          ${deploymentVariable}: ${deploymentOutputs.unfinished}
        run: exec sluice abort --yes --or-finish --deployment "$${deploymentVariable}"
`;
}

/** How it ended, after what was cut short was undone or finished, where it was. Where nothing serves any more, an output is empty. */
export function endingOutput(name: string): string {
  const [first, last] = [`steps.sluice.outputs.${name}`, `steps.undo.outputs.${name}`];
  return `\${{ (steps.undo.outputs.deployment == '' && ${first}) || ${last} }}`;
}
