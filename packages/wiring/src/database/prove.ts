import { type Clock, SluiceError } from "@sluice/core";
import { type Manifest, type PruneResult, pruneBackups, takeBackup, verifyBackup } from "@sluice/database";
import type { Session } from "../session.ts";
import { systemClock } from "../system-clock.ts";
import { databaseSettings, type OpenDatabase, openStore } from "./open-database.ts";

/** A backup, verified where that is asked for: then what retention lets go is removed. An unproven one removes nothing. */
export async function takeAndProve(
  session: Session,
  database: OpenDatabase,
  prove: boolean,
  signal: AbortSignal,
): Promise<Manifest> {
  const { ports, service, container, release } = database;
  const taken = await takeBackup(ports, { service, image: container.imageId, release }, signal);
  if (!prove) return taken;
  const proven = await proveBackup(session, database, taken.id, signal);
  await prune(session);
  return proven;
}

/** Restores in the image that the database ran, or in the one that it runs now if that is gone: of one version it will do. */
export async function proveBackup(
  session: Session,
  { ports, settings, container }: OpenDatabase,
  id: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const { image } = await ports.store.load(id);
  const isThere = (await session.runtime().images.missing({ image }, signal)).length === 0;
  await using deadline = startDeadline(systemClock, settings.verify.timeout, `verifying backup ${id}`, signal);
  return await verifyBackup(ports, { id, image: isThere ? image : container.imageId }, deadline.signal);
}

/** Every stored release may be gone back to: of each, its newest backup stays. */
export async function prune(session: Session): Promise<PruneResult> {
  const [settings, { bundles }, store] = await Promise.all([
    databaseSettings(session),
    session.ports(),
    openStore(session),
  ]);
  const neededBy = (await bundles.list()).map(({ id }) => id);
  return pruneBackups({ store }, { keep: settings.keep, neededBy });
}

interface Deadline extends AsyncDisposable {
  readonly signal: AbortSignal;
}

function startDeadline(clock: Clock, ms: number, what: string, signal: AbortSignal): Deadline {
  const [late, over] = [new AbortController(), new AbortController()];
  const hint = "raise database.verify.timeout";
  const waiting = clock.sleep(ms, over.signal).then(
    () => late.abort(new SluiceError("DEADLINE_EXCEEDED", `${what} took longer than ${ms} ms`, { hint })),
    () => undefined,
  );
  return {
    signal: AbortSignal.any([signal, late.signal]),
    async [Symbol.asyncDispose]() {
      over.abort();
      await waiting;
    },
  };
}
