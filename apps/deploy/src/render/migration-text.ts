import { formatDuration } from "@sluice/core";
import { dataRollbackText, type MigrationPlan, type MigrationResult } from "@sluice/wiring";

/** What a migration would run, and how its data would come back. */
export function migrationPlanText({ release, database, jobs, command, dataRollback }: MigrationPlan): string {
  const what = command ? `${command.join(" ")} in ${jobs.join(", ")}` : jobs.join(", ");
  return `${what} of release ${release} would run on ${database}\n${dataRollbackText(dataRollback)}\n`;
}

/** How a migration went, one line a job, and what it leaves to be done. */
export function migrationText({ release, database, jobs }: MigrationResult): string {
  return jobs
    .map(({ job, report }) => {
      if (!report) return `${job} of release ${release} ran on ${database}, which nobody here can watch\n`;
      const { attempts, ms, schemaChanged, invalidIndexes } = report;
      const tries = attempts === 1 ? "" : ` at attempt ${attempts}`;
      const changed = schemaChanged ? "the schema changed" : "the schema is what it was";
      const invalid = invalidIndexes.map((name) => `index ${name} is invalid: drop it, then build it again\n`).join("");
      return `${job} of release ${release} ran on ${database} in ${formatDuration(ms)}${tries}: ${changed}\n${invalid}`;
    })
    .join("");
}
