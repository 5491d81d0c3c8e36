import { isSluiceError } from "@sluice/core";
import type { Session } from "../session.ts";
import { telling } from "../telling.ts";
import { inTime } from "./deadline.ts";
import { mendDatabase } from "./mend-database.ts";
import { openDatabase } from "./open-database.ts";
import { unfinishedExchange } from "./unfinished-exchange.ts";

/** Of a server that stands still, which may be why the restore was killed: a deployment and a way back do not wait for it. */
const longestLookMs = 60_000;

/**
 * `mendDatabase` before a deployment is planned, where the record leaves open whose migrations are on the data: a plan goes by that. The
 * database is opened in no other case, which takes a while. For the holder of the stack's lock.
 *
 * @param service of the configured database; nothing is done without one
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function mendUnfinished(
  session: Session,
  service: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = await session.ports();
  if (service === undefined || !(await unfinishedExchange(journal, service))) return;
  try {
    const bound = { ms: longestLookMs, setting: null, what: `looking at ${service}` };
    await inTime(session.clock, bound, signal, async (limited) =>
      mendDatabase(session, await openDatabase(session, {}, limited), { signal: limited }),
    );
  } catch (error) {
    signal.throwIfAborted();
    const why = isSluiceError(error) ? error.message : String(error);
    telling(session)({
      severity: "warn",
      code: "database-not-mended",
      service,
      message: session.redact(
        `it could not be looked whether a restore without an end in the record took place in ${service}: ${why}`,
      ),
      hint: "sluice db backup looks again",
    });
  }
}
