import { runs } from "./deploying-steps.ts";
import type { WorkflowFile } from "./facts.ts";
import { isFor } from "./names.ts";
import { listOf, parseTree, textOf, treeOf } from "./tree.ts";

/** How many minutes jobs may take: GitHub cancels what takes longer, and a deployment that is cancelled is undone. */
export interface JobMinutes {
  readonly deploy: number;
  readonly rollback: number;
  /** A backup with its proof, or a drill. */
  readonly backup: number;
  /** `sluice verify`, and as long `sluice doctor` after it: their job may take both. */
  readonly verify: number;
}

/** Of a project whose settings ask for no more. */
export const usualMinutes: JobMinutes = { deploy: 120, rollback: 60, backup: 180, verify: 10 };

/** A job that GitHub cancels before a deployment can have ended. */
export interface ShortJob {
  /** Of the workflow. */
  readonly path: string;
  readonly job: string;
  readonly minutes: number;
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idtimeout-minutes */
const withoutWord = 360;

/**
 * Jobs of the workflows for an environment, by their path, that deploy and may take fewer minutes than a deployment is held. Of one
 * whose limit is an expression nothing is said. Pure.
 */
export function shortJobs(
  workflows: readonly WorkflowFile[],
  environment: string,
  heldMinutes: number,
): readonly ShortJob[] {
  return workflows
    .filter(({ path }) => isFor(environment, path.split("/").at(-1) ?? ""))
    .flatMap(({ path, text }) =>
      Object.entries(treeOf(parseTree(text)["jobs"])).flatMap(([job, value]) => {
        const { steps, "timeout-minutes": limit } = treeOf(value);
        const minutes = limit === undefined ? withoutWord : Number(textOf(limit) || Number.NaN);
        const deploys = listOf(steps).some((step) => runs(treeOf(step), "deploy"));
        return deploys && minutes < heldMinutes ? [{ path, job, minutes }] : [];
      }),
    );
}
