import type { Finding, Journal, ReleaseBundle } from "@sluice/core";

const migrations: ReadonlySet<string> = new Set(["database-migrate", "database-migrate-down"]);
/** These put back what was there before, if they were done. */
const restores: ReadonlySet<string> = new Set(["database-restore", "database-restore-undo"]);
const ends = "deployment-end";

/**
 * That the last migration that was run alone has no end in the record: it was killed. `null` where it has one, and where data was put
 * back or a deployment went well since. For whoever knows that none is under way.
 *
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function killedMigration(journal: Journal, bundles: readonly ReleaseBundle[]): Promise<Finding | null> {
  const types = (type: string) => migrations.has(type) || restores.has(type) || type === ends;
  for await (const { type, at, actor, result, ...rest } of journal.backwards({ types })) {
    const isMended = type === ends ? rest["outcome"] === "live" : restores.has(type) && result === "done";
    if (isMended) return null;
    if (!migrations.has(type)) continue;
    if (result !== "begun") return null;
    const { service, release } = rest as { readonly service?: string; readonly release?: string };
    const tag = bundles.find(({ id }) => id === release)?.tag ?? release ?? "a release";
    return {
      severity: "warn",
      code: "job-cut-short",
      message: `the migration of ${tag} that ${String(actor)} began at ${at} was killed before it had ended: what it had changed of ${service} by then may be there still`,
      hint: "look at the tool's own table of what it has finished; then sluice db migrate runs the rest, or sluice db restore goes back to a backup, and what was written since is lost",
      ...(service ? { service } : {}),
    };
  }
  return null;
}
