import { isSluiceError } from "@sluice/core";
import { isOfHomes, type Manifest } from "@sluice/database";
import { ownHomes } from "../home/own-homes.ts";
import type { Session } from "../session.ts";
import type { ListedBackup, ListedBackups } from "./database-operations.ts";
import { openStore } from "./open-database.ts";

/** What lies in the store, for people: backups of another state home are among it, and say so. */
export async function listBackups(session: Session, signal?: AbortSignal): Promise<ListedBackups> {
  const [list, mark] = await Promise.all([openStore(session).then((store) => store.list(signal)), marking(session)]);
  return { ...list, backups: list.backups.map(mark) };
}

export async function showBackup(session: Session, id: string, signal?: AbortSignal): Promise<ListedBackup> {
  const [manifest, mark] = await Promise.all([
    openStore(session).then((store) => store.load(id, signal)),
    marking(session),
  ]);
  return mark(manifest);
}

/** Whoever only looks for a backup finds it also where the state home is damaged, or cannot be made: then nobody can tell whose it is. */
async function marking(session: Session): Promise<(backup: Manifest) => ListedBackup> {
  const homes = await ownHomes(session).catch((error: unknown) => {
    if (!isSluiceError(error)) throw error;
    return undefined;
  });
  return (backup) => (isOfHomes(backup, homes) ? backup : { ...backup, ofOtherHome: true });
}
