import { jobCutShort, lookAtTable } from "@sluice/core";
import type { StepOutcome } from "../record/journal-entries.ts";
import { findAttempt } from "../record/read-attempts.ts";
import { type DeploymentScope, emit } from "../scope.ts";

/** These have said what is left, or did not begin. */
const speakForThemselves: ReadonlySet<string> = new Set([
  "JOB_FAILED",
  "MIGRATION_FAILED",
  "LOCK_HELD",
  "PREFLIGHT_FAILED",
  "DATABASE_UNREACHABLE",
]);

/**
 * Tells of jobs that were stopped in the middle, by a kill, an interruption or a deadline: what they had changed of a
 * database may be there still, and nobody has looked. Where the record cannot be read nothing is told.
 */
export async function tellCutShortJobs(scope: DeploymentScope): Promise<void> {
  const attempt = await findAttempt(scope.ports.journal, scope.deployment).catch(() => null);
  if (!attempt) return;
  const { plan, tag } = attempt.start;
  const outcomesOf = (id: string) => attempt.outcomes.filter(({ step }) => step === id);
  const backups = plan.steps.flatMap(({ kind, id }) => (kind === "backup" ? outcomesOf(id) : []));
  const backup = backups.findLast(({ result }) => result === "done")?.data?.["backup"];
  for (const step of plan.steps) {
    if (step.kind !== "job" || step.database === undefined) continue;
    if (!attempt.notDone.includes(step.id) || !isCutShort(outcomesOf(step.id))) continue;
    const hint =
      typeof backup === "string"
        ? `${lookAtTable}; or go back: sluice db restore ${backup} puts back what was there before it, and what was written since is lost`
        : `${lookAtTable}; this deployment took no backup before it`;
    emit(scope, {
      type: "finding",
      finding: jobCutShort({ job: step.service, tag, database: step.database }, { hint }),
    });
  }
}

/** @param outcomes of a job that was not done since it was begun the last time */
function isCutShort(outcomes: readonly StepOutcome[]): boolean {
  const failed = outcomes.findLast(({ result }) => result === "failed");
  return !speakForThemselves.has(failed?.error?.code ?? "");
}
