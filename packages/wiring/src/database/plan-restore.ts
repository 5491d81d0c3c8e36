import { isSluiceError, type ReleaseBundle } from "@sluice/core";
import { type Manifest, planRestore, type RestorePlan } from "@sluice/database";
import { lockStack } from "../home/lock.ts";
import { assertOwnStack } from "../project/assert-own-stack.ts";
import type { Session } from "../session.ts";
import type { DatabaseCall } from "./database-operations.ts";
import { mendDatabase } from "./mend-database.ts";
import type { OpenDatabase } from "./open-database.ts";

/**
 * What a restore would take away. Rows cannot be counted where a dead run has left the database closed: it is opened again first, under
 * the lock, as the restore would do.
 *
 * @throws SluiceError as `planRestore`; LOCK_HELD where something is to be put right and somebody else is at work
 */
export async function planOpenRestore(
  session: Session,
  database: OpenDatabase,
  id: string,
  { reason = "database restore", waitMs, onFinding }: DatabaseCall,
  signal: AbortSignal = new AbortController().signal,
): Promise<RestorePlan> {
  const { ports, service } = database;
  const plan = async () => {
    const planned = await planRestore(ports, id, signal);
    const releases = otherRelease(planned.manifest, database.release, await (await session.ports()).bundles.list());
    return releases ? { ...planned, releases } : planned;
  };
  try {
    return await plan();
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "DATABASE_UNREACHABLE") throw error;
    const left = await ports.driver.findLeft?.({ backup: service, signal }).catch(() => null);
    if (!left) throw error;
  }
  await using _lock = await lockStack(session, { reason, waitMs }, "none", signal);
  await assertOwnStack(session);
  await mendDatabase(session, database, { say: onFinding, signal });
  return await plan();
}

/** The release of a backup and the one that serves, where they are known and not the same. Pure. */
export function otherRelease(
  { release }: Pick<Manifest, "release">,
  serves: string | null,
  bundles: readonly Pick<ReleaseBundle, "id" | "tag">[],
): RestorePlan["releases"] {
  if (release === null || serves === null || release === serves) return undefined;
  const tagOf = (id: string) => bundles.find((bundle) => bundle.id === id)?.tag ?? id;
  return { backup: tagOf(release), serves: tagOf(serves) };
}
