import { randomBytes } from "node:crypto";
import type { StoredRelease } from "@sluice/core";
import { defaultPolicy, isProven, type RehearsalReport, rehearseMigration } from "@sluice/database";
import { assertOwnProjects, readDataHistory } from "@sluice/engine";
import type { Session } from "../../session.ts";
import { inTime } from "../deadline.ts";
import { backupsOf, type OpenDatabase } from "../open-database.ts";
import { proveBackup, takeAndProve } from "../prove.ts";
import { chooseBackup } from "./choose-backup.ts";
import { maskedReport } from "./masked-report.ts";
import { openSquawk } from "./open-squawk.ts";
import { statementLimit } from "./statement-limit.ts";
import { openTrial } from "./trial.ts";

export interface Rehearsal {
  readonly candidate: StoredRelease;
  readonly previous: StoredRelease | null;
  /** Take a backup for it; default: as `chooseBackup`, or one where that finds none. */
  readonly fresh?: boolean | undefined;
  readonly acceptIncompatible?: boolean | undefined;
}

/**
 * Rehearses a release's migration on a copy of the database. The caller holds the lock of the stack.
 *
 * @throws SluiceError PREFLIGHT_FAILED before anything is made, and as `rehearseMigration`
 */
export async function rehearse(
  session: Session,
  database: OpenDatabase,
  rehearsal: Rehearsal,
  signal: AbortSignal,
): Promise<RehearsalReport> {
  const { ports, settings, service, observed } = database;
  assertOwnProjects(new Set(["rehearsal"]), observed);
  const { candidate, previous, acceptIncompatible = false } = rehearsal;
  const files = database.files ?? undefined;
  const backup = await provideBackup(session, database, rehearsal, signal);
  const { image: ofBackup } = await ports.store.load(backup, signal);
  const isThere = (await session.runtime().images.missing({ ofBackup }, signal)).length === 0;
  const deployment = `rehearsal-${randomBytes(4).toString("hex")}`;
  const bound = {
    ms: settings.verify.timeout,
    setting: "database.verify.timeout",
    what: `rehearsing ${candidate.bundle.tag}`,
  };
  const report = await inTime(session.clock, bound, signal, async (limited) =>
    rehearseMigration(
      ports,
      {
        backup,
        image: isThere ? ofBackup : database.container.imageId,
        release: candidate.bundle.tag,
        policy: {
          ...defaultPolicy,
          acceptIncompatible,
          statementTimeoutMs: statementLimit(settings.migrate, candidate.bundle.services),
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
  return maskedReport(await tagged(session, report), session.redact);
}

/** A copy of other data than the migration will meet proves nothing of it. */
async function provideBackup(
  session: Session,
  database: OpenDatabase,
  { previous, fresh }: Rehearsal,
  signal: AbortSignal,
): Promise<string> {
  const [backups, { journal }] = await Promise.all([backupsOf(session, database, signal), session.ports()]);
  const { changedAt, taken } = await readDataHistory(journal, database.service);
  const releases = [database.release, previous?.bundle.id ?? null];
  const chosen = fresh ? null : chooseBackup(backups, { releases, changedAt, taken });
  if (!chosen) return (await takeAndProve(session, database, true, signal)).id;
  if (!isProven(chosen)) await proveBackup(session, database, chosen.id, signal);
  return chosen.id;
}

/** Its release by the tag that people know it by, where it is stored. */
async function tagged(session: Session, { backup, ...report }: RehearsalReport): Promise<RehearsalReport> {
  const bundles = await (await session.ports()).bundles.list();
  const release = bundles.find(({ id }) => id === backup.release)?.tag ?? backup.release;
  return { ...report, backup: { ...backup, release } };
}
