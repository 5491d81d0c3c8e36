import { type Finding, isSluiceError } from "@sluice/core";
import { hasRemoved, type Manifest, type PruneResult, pruneBackups, takeBackup, verifyBackup } from "@sluice/database";
import { ownHomes } from "../home/own-homes.ts";
import type { Session } from "../session.ts";
import { telling } from "../telling.ts";
import { inTime } from "./deadline.ts";
import { databaseSettings, type OpenDatabase, openStore } from "./open-database.ts";

/**
 * A backup, verified where that is asked for: then what retention lets go is removed, and where it cannot be, the backup is there all
 * the same. An unproven one removes nothing.
 */
export async function takeAndProve(
  session: Session,
  database: OpenDatabase,
  prove: boolean,
  signal: AbortSignal,
): Promise<Manifest> {
  const { ports, service, container, release, settings } = database;
  const request = { service, image: container.imageId, release };
  const bound = { ms: settings.timeout, setting: "database.timeout", what: `a backup of ${service}` };
  const taken = await inTime(session.clock, bound, signal, (limited) => takeBackup(ports, request, limited));
  if (!prove) return taken;
  const proven = await proveBackup(session, database, taken.id, signal);
  const tell = ports.onFinding ?? telling(session);
  try {
    const postponed = postponedFinding(await prune(session, signal));
    if (postponed) tell(postponed);
  } catch (error) {
    if (!isSluiceError(error) || signal.aborted) throw error;
    tell({
      severity: "warn",
      code: "backups-not-pruned",
      message: `backup ${proven.id} is proven, and older ones that may go could not be removed: ${error.message}`,
      hint: `${error.hint === undefined ? "" : `${error.hint}; then: `}sluice db prune`,
    });
  }
  return proven;
}

/** Where something was removed, and its room has to wait. Where nothing was, nobody knows of any. */
export function postponedFinding(result: PruneResult): Finding | null {
  const postponed = result.compaction?.postponed;
  if (!hasRemoved(result) || postponed === undefined) return null;
  return {
    severity: "info",
    code: "backups-not-pruned",
    message: `what was removed of older backups still takes its room: ${postponed}`,
    hint: "the next backup that is proven gives it back, or: sluice db prune",
  };
}

/** Restores in the image that the database ran, or in the one that it runs now if that is gone: of one version it will do. */
export async function proveBackup(
  session: Session,
  { ports, settings, container }: OpenDatabase,
  id: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const { image } = await ports.store.load(id, signal);
  const isThere = (await session.runtime().images.missing({ image }, signal)).length === 0;
  const request = { id, image: isThere ? image : container.imageId };
  const bound = {
    ms: settings.verify.timeout,
    setting: "database.verify.timeout",
    what: `verifying backup ${id}`,
  };
  return inTime(session.clock, bound, signal, (limited) => verifyBackup(ports, request, limited));
}

/** Every stored release may be gone back to: of each, its newest backup stays. */
export async function prune(
  session: Session,
  signal: AbortSignal,
  onRemoved?: (id: string) => void,
): Promise<PruneResult> {
  const [settings, { bundles }, store, homes] = await Promise.all([
    databaseSettings(session),
    session.ports(),
    openStore(session),
    ownHomes(session),
  ]);
  const neededBy = (await bundles.list()).map(({ id }) => id);
  return pruneBackups({ store, homes }, { keep: settings.keep, neededBy }, signal, onRemoved);
}
