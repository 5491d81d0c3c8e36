import {
  type DatabaseRecord,
  databaseActionOf,
  type Journal,
  lookAtTable,
  mayHaveLeft,
  parseDatabaseRecord,
  type ReleaseBundle,
  type StateFinding,
} from "@sluice/core";
import { isExchange } from "./unfinished-exchange.ts";

const ends = "deployment-end";

/**
 * That the last migration of a database that was run alone, or the last restore or undo of one, has no end in the record: it was
 * killed, or nobody saw how it ended. Not told of a migration where that database's data was put back since, and of none where a deployment
 * went well since. For whoever knows that none is under way.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function killedActions(
  journal: Pick<Journal, "backwards">,
  bundles: readonly ReleaseBundle[],
): Promise<readonly StateFinding[]> {
  const types = (type: string) => databaseActionOf(type) !== null || type === ends;
  const found: StateFinding[] = [];
  /** Databases of whose migrations, and of whose restores, nothing that is older matters. */
  const [migrated, exchanged] = [new Set<string | null>(), new Set<string | null>()];
  for await (const record of journal.backwards({ types })) {
    if (record.type === ends && record["outcome"] === "live") return found;
    const said = parseDatabaseRecord(record);
    if (!said) continue;
    const { action, result, service } = said;
    const isMigration = action === "migrate" || action === "migrate-down";
    if (!isMigration && !isExchange(action)) continue;
    const newest = isMigration ? migrated : exchanged;
    if (result === "begun" && !newest.has(service)) found.push(isMigration ? cutShort(said, bundles) : undecided(said));
    newest.add(service);
    if (isExchange(action) && result === "done") migrated.add(service);
  }
  return found;
}

function cutShort({ actor, at, service, release }: DatabaseRecord, bundles: readonly ReleaseBundle[]): StateFinding {
  const tag = bundles.find(({ id }) => id === release)?.tag ?? release ?? "a release";
  return {
    severity: "warn",
    code: "job-cut-short",
    message: `the migration of ${tag} that ${actor} began at ${at} was killed before it had ended: ${mayHaveLeft(service ?? "the database")}`,
    hint: `${lookAtTable}; then sluice db migrate runs the rest, or sluice db restore goes back to a backup, and what was written since is lost`,
    ...(service ? { service } : {}),
  };
}

function undecided({ action, actor, at, service, backup }: DatabaseRecord): StateFinding {
  const what = action === "restore" ? `the restore of backup ${backup}` : `undoing the restore of backup ${backup}`;
  return {
    severity: "warn",
    code: "restore-cut-short",
    message: `${what} that ${actor} began at ${at} has no end in the record, as it was killed or nobody saw how it ended: whether it took place in ${service ?? "the database"} is not on record`,
    hint: "sluice db backup looks what is there, and records it where that can be told; until then drop nothing that was set aside beside the database",
    ...(service ? { service } : {}),
  };
}
