import { basename } from "node:path/posix";
import { isOfProject } from "./checkout-inputs.ts";
import { runs } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { isFor } from "./names.ts";
import type { NeededFile } from "./needed-files.ts";
import { listOf, parseTree, type Tree, textOf, treeOf } from "./tree.ts";
import { mayWriteUnknown } from "./unknown-writes.ts";

/** A file that Compose cannot do without, and that a job deploys without. */
export interface UnwrittenFile {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  readonly file: NeededFile;
}

/**
 * Jobs of the workflows for an environment, by their path, that check out the project and deploy it with Sluice, and no step of which
 * names a file that git does not have: the checkout takes it away. Of one whose checkout cleans nothing, or
 * with a step that may write what it does not name, nothing is said. Pure.
 *
 * @param files that git does not have
 */
export function unwrittenFiles(
  workflows: readonly WorkflowFile[],
  environment: string,
  files: readonly NeededFile[],
): readonly UnwrittenFile[] {
  const needed = files.filter(({ isOptional }) => !isOptional);
  return workflows
    .filter(({ path }) => isFor(environment, basename(path)))
    .flatMap(({ path, text }) =>
      Object.entries(treeOf(parseTree(text)["jobs"])).flatMap(([job, value]) => {
        const steps = stepsOnCheckout(treeOf(value));
        if (steps === null || steps.some(mayWriteUnknown)) return [];
        return needed
          .filter(({ source }) => !steps.some((step) => names(step, source)))
          .map((file) => ({ path, job, file }));
      }),
    );
}

/** From the checkout to the step that deploys; `null` where the one does not come before the other, or cleans nothing. */
function stepsOnCheckout(job: Tree): readonly Tree[] | null {
  const steps = listOf(job["steps"]).map(treeOf);
  const deploys = steps.findIndex((step) => runs(step, "deploy"));
  const checksOut = steps.findLastIndex((step, index) => index < deploys && isOfProject(step));
  const checkout = steps[checksOut];
  if (!checkout || checkout["if"] !== undefined || textOf(treeOf(checkout["with"])["clean"]) === "false") return null;
  return steps.slice(checksOut + 1, deploys + 1);
}

/** Where a script has gone to before nobody knows: the name of the file is enough. */
function names({ run, with: inputs }: Tree, source: string): boolean {
  const words = [run, ...Object.values(treeOf(inputs))].flatMap(
    (text) => textOf(text).match(/[^\s"'`/>|&;=()]+/g) ?? [],
  );
  return words.includes(basename(source));
}
