import { isSluiceError } from "@sluice/core";
import { findMysqlTarget, findPostgresTarget, isOfHomes, type Manifest } from "@sluice/database";
import { ownHomes } from "../home/own-homes.ts";
import type { Session } from "../session.ts";
import type { FoundDatabase } from "./find-database.ts";
import { backupsOf, databaseSettings, openStore } from "./open-database.ts";

/**
 * Of a database that is not opened, oldest first, to name one to people. Where nobody can tell what it is called, as its container does
 * not run, of all databases of the service: a restore says then whose it is.
 */
export async function backupsOfFound(
  session: Session,
  { service, kind }: FoundDatabase,
  signal?: AbortSignal,
): Promise<readonly Manifest[]> {
  const name = await findName(session, { service, kind }, signal);
  if (name !== null) return backupsOf(session, { service, kind, name }, signal);
  const [{ backups }, homes] = await Promise.all([(await openStore(session)).list(signal), ownHomes(session)]);
  const isOwn = (backup: Manifest) => backup.service === service && backup.kind === kind && isOfHomes(backup, homes);
  return backups.filter(isOwn);
}

async function findName(
  session: Session,
  { service, kind }: FoundDatabase,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { name, file, user } = await databaseSettings(session);
  if (kind === "sqlite") return file ?? null;
  if (kind === "command") return service;
  if (name !== undefined) return name;
  const runtime = session.runtime();
  const find = kind === "postgres" ? findPostgresTarget : findMysqlTarget;
  try {
    const [container] = await runtime.runningOf(await session.stack(), service, signal);
    return container === undefined ? null : (await find(runtime.exec, container, { user, signal })).database;
  } catch (error) {
    signal?.throwIfAborted();
    if (isSluiceError(error)) return null;
    throw error;
  }
}
