import { labelsOf, listOf, type Tree, textOf, treeOf } from "./tree.ts";

/** Machines that GitHub makes anew for each job. https://docs.github.com/actions/reference/runners/github-hosted-runners */
const hosted = /^(?:ubuntu|windows|macos)-/i;

/**
 * The runner of a job, in words, where its labels do not say that GitHub makes it anew; `null` where they do, and where an
 * expression leaves them open. A larger runner of GitHub's has a name of one's own and is taken for a machine of one's own.
 */
export function foreignRunner(job: Tree): string | null {
  const runsOn = job["runs-on"];
  const labels = labelsOf(runsOn).flatMap((label) => resolved(label, job));
  if (labels.includes("self-hosted") || labels.some((label) => /\$\{\{.*self-hosted/s.test(label))) {
    return "a runner of your own";
  }
  if (labels.some((label) => hosted.test(label) || label.includes("${{"))) return null;
  const group = textOf(treeOf(runsOn)["group"]);
  const [label = group] = labels;
  return label === "" ? null : `${label}, by its name no runner that GitHub makes anew`;
}

/** Whether GitHub makes the machine of a job anew, by all of its labels, and throws it away afterwards. */
export function isHosted(job: Tree): boolean {
  const labels = labelsOf(job["runs-on"]).flatMap((label) => resolved(label, job));
  return labels.length > 0 && labels.every((label) => hosted.test(label));
}

/** A label of the matrix as the labels that it stands for. */
function resolved(label: string, job: Tree): readonly string[] {
  const key = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(label)?.[1];
  const values = key === undefined ? [] : listOf(treeOf(treeOf(job["strategy"])["matrix"])[key]);
  return values.length > 0 ? values.flatMap(labelsOf) : [label];
}
