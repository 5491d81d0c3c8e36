import type { Finding } from "../model/finding.ts";
import type { DeploymentPlan, PlanStep } from "./step.ts";

interface PlannedSteps extends Pick<DeploymentPlan, "previous"> {
  readonly steps: readonly { readonly kind: PlanStep["kind"]; readonly creates?: boolean | undefined }[];
}

/** What it takes of the machine that two versions run beside each other, and for how long. Pure. */
export function memoryCost({ steps, previous }: PlannedSteps, liveBytes: number): readonly Finding[] {
  // Containers of a slot are made in a step of their own, or while its first job runs.
  const isBeside = previous !== null && steps.some(({ kind, creates }) => kind === "create" || creates);
  if (!isBeside || liveBytes === 0) return [];
  const retires = steps.some(({ kind }) => kind === "retire");
  const howLong = retires ? "until the version before is retired" : "for as long as the version before stays warm";
  const message = `two versions run ${howLong}: about ${Math.ceil(liveBytes / 1_048_576)} MiB of memory more, as one uses now`;
  const hint = "rollout.keep: stopped frees it after the bake";
  return [{ severity: "info", code: "two-versions", message, ...(retires ? {} : { hint }) }];
}
