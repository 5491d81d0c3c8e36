import type { Clock } from "@sluice/core";

/** Runs work under a signal that aborts after a span of the clock, or with the outer signal. */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const stop = new AbortController();
  clock.sleep(ms, stop.signal).then(
    () => deadline.abort(new DOMException(`longer than ${Math.round(ms)} ms`, "TimeoutError")),
    () => undefined,
  );
  try {
    return await work(outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal);
  } finally {
    stop.abort(new Error("this wait is not needed any more"));
  }
}
