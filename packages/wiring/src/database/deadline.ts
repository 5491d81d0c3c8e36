import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";

/**
 * Runs under a signal that also aborts when the time is over.
 *
 * @param setting that holds the time, for the hint; `null` where none does
 * @throws SluiceError DEADLINE_EXCEEDED
 */
export async function within<T>(
  ms: number,
  setting: string | null,
  what: string,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, over] = [new AbortController(), new AbortController()];
  const hint = setting === null ? undefined : `raise ${setting} if it only needs more time`;
  const waiting = systemClock.sleep(ms, over.signal).then(
    () => late.abort(new SluiceError("DEADLINE_EXCEEDED", `${what} took longer than ${ms} ms`, { hint })),
    () => undefined,
  );
  try {
    return await run(AbortSignal.any([signal, late.signal]));
  } finally {
    over.abort();
    await waiting;
  }
}
