import { type Journal, takesDataAway } from "@sluice/core";
import { type DataChange, readDataChanges } from "./data-changes.ts";

/**
 * The release whose migration was begun last, by a deployment's job or alone, as the record has it: an id or a tag. `null` where none is on
 * record, or where a migration was taken back or data put back since, or may have been.
 *
 * @param database its service (default: all), and the jobs that migrate it (default: every job)
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function lastMigrated(
  journal: Pick<Journal, "read">,
  { service, jobs }: { readonly service?: string; readonly jobs?: readonly string[] | undefined } = {},
): Promise<string | null> {
  const isMigration = ({ action, deployment, job }: DataChange) =>
    action === "migrate" && (deployment === null || (job !== null && (jobs?.includes(job) ?? true)));
  const changes = await readDataChanges(journal, service);
  const last = changes.findLast(
    (change) => isMigration(change) || (takesDataAway(change.action) && change.outcome !== "not-done"),
  );
  return last?.action === "migrate" ? last.release : null;
}
