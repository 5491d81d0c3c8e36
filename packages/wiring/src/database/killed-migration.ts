import { databaseActionOf, type Finding, type Journal, parseDatabaseRecord, type ReleaseBundle } from "@sluice/core";

const ends = "deployment-end";

/**
 * That the last migration of a database that was run alone has no end in the record: it was killed. `null` where it has one, and where
 * that database's data was put back or a deployment went well since. For whoever knows that none is under way.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function killedMigration(journal: Journal, bundles: readonly ReleaseBundle[]): Promise<Finding | null> {
  const types = (type: string) => databaseActionOf(type) !== null || type === ends;
  /** Databases of which it is known what came of them since. */
  const settled = new Set<string | null>();
  for await (const record of journal.backwards({ types })) {
    if (record.type === ends && record["outcome"] === "live") return null;
    const said = parseDatabaseRecord(record);
    if (!said) continue;
    const { action, at, actor, result, service, release } = said;
    if (settled.has(service)) continue;
    const isMigration = action === "migrate" || action === "migrate-down";
    const putsBack = action === "restore" || action === "restore-undo";
    if (isMigration ? result !== "begun" : putsBack && result === "done") settled.add(service);
    if (!isMigration || result !== "begun") continue;
    const tag = bundles.find(({ id }) => id === release)?.tag ?? release ?? "a release";
    return {
      severity: "warn",
      code: "job-cut-short",
      message: `the migration of ${tag} that ${actor} began at ${at} was killed before it had ended: what it had changed of ${service ?? "the database"} by then may be there still`,
      hint: "look at the tool's own table of what it has finished; then sluice db migrate runs the rest, or sluice db restore goes back to a backup, and what was written since is lost",
      ...(service ? { service } : {}),
    };
  }
  return null;
}
