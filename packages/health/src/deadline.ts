import type { Clock } from "@sluice/core";

/** What a span of time ended in: the work's result, or the end of the time. */
export type Timed<T> = { readonly done: true; readonly value: T } | { readonly done: false };

/**
 * Runs work under a deadline of its own. Its signal aborts at the deadline and when the caller's does; the caller's reason
 * and errors of the work are thrown, also when the work does not listen.
 *
 * @param apartMs milliseconds until now that do not count; what is added to them meanwhile moves the deadline
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  apartMs: () => number = () => 0,
): Promise<Timed<T>> {
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const isOver = new AbortController();
  const both = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  const begin = clock.monotonicMs() - apartMs();
  const runOut = async () => {
    for (let left = ms; left > 0; left = begin + apartMs() + ms - clock.monotonicMs()) {
      await clock.sleep(left, isOver.signal);
    }
  };
  const timer = runOut().then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    const value = await Promise.race([work(both), aborted(both)]);
    return { done: true, value };
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.signal.aborted) return { done: false };
    throw error;
  } finally {
    isOver.abort();
    await timer;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
