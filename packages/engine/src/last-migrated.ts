import type { Journal, JournalRecord } from "@sluice/core";
import { isTypeOfDeployment } from "./journal-shape.ts";
import { isEngineRecord } from "./read-attempts.ts";

const migrates = "database-migrate";
/** After these nobody knows whose migration is the last that is still there. */
const backs: ReadonlySet<string> = new Set([
  "database-anew",
  "database-restore",
  "database-restore-undo",
  "database-migrate-down",
]);

/**
 * The release whose migration was begun last, by a deployment or alone, as the record has it: an id or a tag. `null` where none is on
 * record, or where a migration was taken back or data put back since.
 *
 * @param jobs that migrate; default: every job
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function lastMigrated(journal: Journal, jobs?: readonly string[]): Promise<string | null> {
  const types = (type: string) => type === migrates || backs.has(type) || isTypeOfDeployment(type);
  /** Steps that were begun after the change that was found, by deployment. */
  const later = new Map<string, Set<string>>();
  const built = new Map<string, string>();
  let found: { readonly release: string | null } | null = null;
  /** A type whose outcome says that it failed: it put nothing back. */
  let failed: string | null = null;
  for await (const record of journal.backwards({ types })) {
    if (!isEngineRecord(record)) {
      const isOver = record["result"] !== "begun";
      if (backs.has(record.type) && (isOver ? record["result"] === "failed" : failed === record.type)) {
        failed = isOver ? record.type : null;
        continue;
      }
      found ??= { release: record.type === migrates ? textOf(record, "release") : null };
    } else if (record.type === "step-intent") {
      if (!found) later.set(record.deployment, (later.get(record.deployment) ?? new Set<string>()).add(record.step));
    } else if (record.type === "step-outcome") {
      const bundle = record.data?.["bundle"];
      if (typeof bundle === "string" && !built.has(record.deployment)) built.set(record.deployment, bundle);
    } else if (record.type === "deployment-start") {
      const { deployment, plan, bundle } = record;
      const begun = later.get(deployment);
      const ran = plan.steps.some(
        (step) => step.kind === "job" && (jobs?.includes(step.service) ?? true) && begun?.has(step.id),
      );
      if (ran) return built.get(deployment) ?? bundle;
      later.delete(deployment);
    }
    if (found && later.size === 0) return found.release;
  }
  return found?.release ?? null;
}

function textOf(record: JournalRecord, field: string): string | null {
  const value = record[field];
  return typeof value === "string" ? value : null;
}
