import { createEvent } from "@sluice/core";
import { acquireLock, endingText, holderText, type LockHolder } from "@sluice/journal";
import type { Session } from "../session.ts";

export interface LockCall {
  readonly reason?: string | undefined;
  /** Milliseconds; default 0. */
  readonly waitMs?: number | undefined;
  /** How long it is held at most, milliseconds, where that is short: nobody is refused because of it. */
  readonly atMostMs?: number | undefined;
}

/** The lock of the stack's state home. @throws SluiceError LOCK_HELD with who holds it */
export async function lockStack(
  session: Session,
  { reason, waitMs, atMostMs }: LockCall,
  release: string,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const { actor } = session.options;
  const onWait = (holder: LockHolder) => {
    const message = `waits: ${holderText(holder)}`;
    const hint = endingText(holder);
    const finding = { severity: "info", code: "waits-for-lock", message, hint } as const;
    session.lastWord.sink(createEvent(session.clock.now(), { type: "finding", finding }));
  };
  return acquireLock(await session.home(), {
    actor,
    reason: reason ?? "",
    release,
    atMostMs,
    waitMs: waitMs ?? 0,
    signal,
    onWait,
  });
}
