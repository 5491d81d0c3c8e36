import type { DeploymentPlan } from "./steps/step.ts";

/** The plan as text, one line a step: `shift-1  shift  web to 5 %  (…)`. */
export function formatPlan({ steps }: DeploymentPlan): string {
  if (steps.length === 0) return "nothing to do";
  const kindWidth = Math.max(...steps.map(({ kind }) => kind.length));
  const targetWidth = Math.max(...steps.map(({ target }) => target.length));
  const numberWidth = String(steps.length).length;
  return steps
    .map(({ kind, target, cause }, index) =>
      `${String(index + 1).padStart(numberWidth)}. ${kind.padEnd(kindWidth)}  ${target.padEnd(targetWidth)}  (${cause})`.trimEnd(),
    )
    .join("\n");
}
