import { isSluiceError } from "@sluice/core";
import { planRestore, type RestorePlan } from "@sluice/database";
import { assertOwnStack } from "../assert-own-stack.ts";
import { lockStack } from "../lock.ts";
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
  try {
    return await planRestore(ports, id, signal);
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "DATABASE_UNREACHABLE") throw error;
    const left = await ports.driver.findLeft?.({ backup: service, signal }).catch(() => null);
    if (!left) throw error;
  }
  await using _lock = await lockStack(session, { reason, waitMs }, "none", signal);
  await assertOwnStack(session);
  await mendDatabase(session, database, onFinding);
  return await planRestore(ports, id, signal);
}
