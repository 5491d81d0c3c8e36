import { releasedSqlFiles, type SqlFile } from "@sluice/compose";
import { findBundle, messageOf, type ReleaseBundle, SluiceError, type StoredRelease } from "@sluice/core";
import { mysqlDbmateVersions, postgresDbmateVersions } from "@sluice/database";
import { lastMigrated } from "@sluice/engine";
import type { Session } from "../session.ts";
import type { FoundDatabase } from "./find-database.ts";
import { findMysql, findTarget } from "./migration-runner.ts";
import { isDbmate, wrongVersion } from "./wrong-version.ts";

const history = "sluice history shows the releases there are";

/**
 * Where nobody names the release whose migration is to be taken back, it is the one that serves, and only where its migration is the
 * last on record.
 *
 * @param serving id
 * @param database its service, and the jobs that migrate it (default: every job)
 * @throws SluiceError USAGE naming the release of the last one
 */
export async function assertServingIsLast(
  session: Session,
  serving: string,
  bundles: readonly ReleaseBundle[],
  database: { readonly service: string; readonly jobs?: readonly string[] | undefined },
): Promise<void> {
  const last = await lastMigrated((await session.ports()).journal, database);
  const bundle = last === null ? null : findBundle(bundles, last);
  if (bundle?.id === serving) return;
  const serves = findBundle(bundles, serving)?.tag ?? serving;
  const known = bundle?.tag ?? last;
  const message =
    known === null
      ? "which release's migration is the last on this database is not on record"
      : `the last migration on record is that of release ${known}, and ${serves} serves`;
  throw new SluiceError("USAGE", `${message}: nothing is taken back unasked`, {
    hint: `name the release whose migration is to be taken back: sluice db migrate ${known ?? "RELEASE"} --down; ${history}`,
  });
}

interface TakeBack extends FoundDatabase {
  readonly release: StoredRelease;
  readonly job: string;
  readonly command: readonly string[];
  /** The release that serves; `null` where it is not stored. */
  readonly serving: StoredRelease | null;
  readonly onText?: ((text: string) => void) | undefined;
}

/**
 * Where dbmate takes back plain SQL files, what it would take back must be the release's own and the last that ran. Of databases that
 * cannot be asked nobody knows.
 *
 * @throws SluiceError USAGE
 */
export async function assertTakesBackItsOwn(session: Session, call: TakeBack, signal: AbortSignal): Promise<void> {
  const { release, job, command, serving, onText } = call;
  const own = isDbmate(command) ? await releasedSqlFiles(release, job) : null;
  if (!own) return;
  const others = serving && serving.bundle.id !== release.bundle.id ? await releasedSqlFiles(serving, job) : null;
  let applied: readonly string[];
  try {
    applied = await appliedVersions(session, call, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = messageOf(error);
    onText?.(`whether dbmate takes back what ran last could not be looked at: ${reason}`);
    return;
  }
  const wrong = wrongVersion(own.map(nameOf), applied, others?.map(nameOf));
  if (!wrong) return;
  throw new SluiceError("USAGE", `dbmate takes back nothing of release ${release.bundle.tag} now: ${wrong.why}`, {
    hint: wrong.isOfServing
      ? `to take that back: sluice db migrate ${serving?.bundle.tag} --down`
      : `name the release that has what ran last: sluice db migrate RELEASE --down; ${history}`,
  });
}

const nameOf = ({ name }: SqlFile) => name;

async function appliedVersions(
  session: Session,
  { kind, service, release, job }: TakeBack,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { exec } = session.runtime();
  const table = release.model.services[job]?.environment?.["DBMATE_MIGRATIONS_TABLE"] ?? "schema_migrations";
  if (kind === "postgres") {
    return postgresDbmateVersions(exec, await findTarget(session, service, signal), table, signal);
  }
  const target = kind === "mariadb" || kind === "mysql" ? await findMysql(session, service, signal) : null;
  return target ? mysqlDbmateVersions(exec, target, table, signal) : [];
}
