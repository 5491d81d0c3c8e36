import { databaseEntry, type Finding, isSluiceError } from "@sluice/core";
import type { Session } from "../session.ts";
import { telling } from "../telling.ts";
import type { OpenDatabase } from "./open-database.ts";
import { settleExchange } from "./settle-exchange.ts";

interface MendOptions {
  /** Default: as an event. */
  readonly say?: ((finding: Finding) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts right what a dead run left changed in the server, and what it did there without recording it; both are told and recorded. That it
 * cannot be is told, too: what is asked for may need nothing of it. For the holder of the stack's lock.
 *
 * @throws the signal's reason
 */
export async function mendDatabase(
  session: Session,
  { ports, service }: Pick<OpenDatabase, "ports" | "service">,
  { say = telling(session), signal }: MendOptions = {},
): Promise<void> {
  try {
    const mended = await ports.driver.mend?.({ backup: service, signal });
    if (mended) {
      say({ severity: "warn", code: "database-mended", service, message: session.redact(`${service}: ${mended}`) });
      const { journal } = await session.ports();
      const { actor } = session.options;
      await journal.append(databaseEntry({ action: "mend", actor, reason: mended, service, result: "done" }));
    }
    await settleExchange(session, { ports, service }, say, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const why = isSluiceError(error) ? error.message : String(error);
    const message = `it could not be looked whether a dead run has left something in ${service}: ${why}`;
    const finding = {
      severity: "warn",
      code: "database-not-mended",
      service,
      hint: "sluice doctor looks again",
    } as const;
    say({ ...finding, message: session.redact(message) });
  }
}
