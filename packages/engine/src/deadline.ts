import type { Clock } from "@sluice/core";

/** Ends a grace that nobody needs any more; one for all, as making one takes longer than all the rest. */
const noLongerNeeded = new Error("this wait is not needed any more");

/** What an adapter gets to end in good order after its signal aborted. */
const graceMs = 3_000;

/**
 * Waits for work that is under a signal. Work that does not heed it is left behind after a short grace: a call that
 * hangs must not keep the way back from being taken.
 *
 * @param graceOf the grace in milliseconds, asked when the signal aborts; default 3 s
 * @throws the signal's reason when it is left behind
 */
export async function settle<T>(
  clock: Clock,
  signal: AbortSignal,
  work: Promise<T>,
  graceOf: () => number | undefined = () => undefined,
): Promise<T> {
  const stop = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const begin = () => {
      clock.sleep(graceOf() ?? graceMs, stop.signal).then(
        () => reject(signal.reason as Error),
        () => undefined,
      );
    };
    if (signal.aborted) begin();
    else signal.addEventListener("abort", begin, { once: true, signal: stop.signal });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort(noLongerNeeded);
  }
}
