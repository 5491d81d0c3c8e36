import { deployingJobs } from "./deploying-jobs.ts";
import { deployingSteps } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { eventsOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";

/**
 * Why a release on a commit with these workflows would be deployed past Sluice, as one from before Sluice was there: GitHub
 * runs the workflows of the commit, whatever others have now. `null` where nothing says so. Pure.
 *
 * @param changed paths of those that what is deployed now has not, or not so; of the others nothing is said
 * @param left those of what is deployed now
 */
export function pastSluice(
  workflows: readonly WorkflowFile[],
  changed: readonly string[],
  left: readonly WorkflowFile[],
): string | null {
  const others = workflows.filter(({ path }) => changed.includes(path)).map(parsed);
  const byHand = others.find(({ workflow }) => isStartedByRelease(workflow["on"]) && bringsComposeUp(workflow));
  if (byHand) return `${byHand.path} there brings Compose up by itself`;
  if (workflows.some(mayRunSluice)) return null;
  // Where those of now name it nowhere either, what a release starts now runs it from where nobody looks, as a script.
  const alike = left.some(mayRunSluice) ? [] : pathsOnRelease(left.map(parsed));
  const first = pathsOnRelease(others).find((path) => !alike.includes(path));
  return first === undefined ? null : `it starts ${first}, and no workflow there runs Sluice`;
}

interface Parsed {
  readonly path: string;
  readonly workflow: Tree;
}

function parsed({ path, text }: WorkflowFile): Parsed {
  return { path, workflow: parseTree(text) };
}

function pathsOnRelease(workflows: readonly Parsed[]): readonly string[] {
  return workflows.filter(({ workflow }) => eventsOf(workflow["on"]).includes("release")).map(({ path }) => path);
}

/** A release makes its tag, which is pushed thereby. */
function isStartedByRelease(on: unknown): boolean {
  const { push } = treeOf(on);
  return eventsOf(on).includes("release") || treeOf(push)["tags"] !== undefined;
}

function bringsComposeUp(workflow: Tree): boolean {
  return deployingJobs(workflow).some(({ job, isByHand }) => isByHand && deployingSteps(job).length === 0);
}

/** Names it, or calls a workflow of another repository, of which nothing is known here. */
function mayRunSluice({ text }: WorkflowFile): boolean {
  if (/\bsluice\b/.test(text)) return true;
  const jobs = Object.values(treeOf(parseTree(text)["jobs"])).map(treeOf);
  return jobs.some(({ uses }) => /^(?!\.\/)./.test(textOf(uses)));
}
