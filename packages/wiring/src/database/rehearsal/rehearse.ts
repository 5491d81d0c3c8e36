import { randomBytes } from "node:crypto";
import type { StoredRelease } from "@sluice/core";
import { defaultPolicy, isProven, type RehearsalReport, rehearseMigration } from "@sluice/database";
import type { Session } from "../../session.ts";
import { within } from "../deadline.ts";
import { backupsOf, type OpenDatabase } from "../open-database.ts";
import { takeAndProve } from "../prove.ts";
import { maskedReport } from "./masked-report.ts";
import { openSquawk } from "./open-squawk.ts";
import { openTrial } from "./trial.ts";

export interface Rehearsal {
  readonly candidate: StoredRelease;
  readonly previous: StoredRelease | null;
  /** Take a backup for it; default: the newest that is proven, or one where there is none. */
  readonly fresh?: boolean | undefined;
  readonly acceptIncompatible?: boolean | undefined;
}

/** Rehearses a release's migration on a copy of the database. The caller holds the lock of the stack. */
export async function rehearse(
  session: Session,
  database: OpenDatabase,
  { candidate, previous, fresh = false, acceptIncompatible = false }: Rehearsal,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  const { ports, settings, service } = database;
  const files = database.files ?? undefined;
  const backup = await chooseBackup(session, database, fresh, signal);
  const { image: ofBackup } = await ports.store.load(backup);
  const isThere = (await session.runtime().images.missing({ ofBackup }, signal)).length === 0;
  const deployment = `rehearsal-${randomBytes(4).toString("hex")}`;
  const report = await within(
    settings.verify.timeout,
    "database.verify.timeout",
    `rehearsing ${candidate.bundle.tag}`,
    signal,
    async (limited) =>
      rehearseMigration(
        ports,
        {
          backup,
          image: isThere ? ofBackup : database.container.imageId,
          release: candidate.bundle.tag,
          policy: {
            ...defaultPolicy,
            acceptIncompatible,
            linter: settings.squawk === "off" ? "note" : settings.squawk,
          },
          linter: settings.squawk === "off" ? undefined : await openSquawk(session.options),
          open: (copy) => {
            const { down } = settings.migrate;
            const world = { database: service, files, deployment };
            return openTrial(session, { candidate, previous, down, ...world }, copy, limited);
          },
        },
        limited,
      ),
  );
  return maskedReport(report, session.redact);
}

async function chooseBackup(
  session: Session,
  database: OpenDatabase,
  fresh: boolean,
  signal: AbortSignal,
): Promise<string> {
  const newest = (await backupsOf(session, database)).findLast(isProven);
  if (newest && !fresh) return newest.id;
  return (await takeAndProve(session, database, true, signal)).id;
}
