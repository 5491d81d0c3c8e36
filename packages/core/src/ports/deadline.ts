import type { Clock } from "./clock.ts";

/** Ends a wait for time that nobody needs any more; one for all, as making one takes longer than all the rest. */
const noLongerNeeded = new Error("this wait is not needed any more");

/**
 * A signal that aborts after a span of the clock. Disposed of, it never does.
 *
 * @param late makes the reason of the abort; default: a `TimeoutError`
 */
export function createDeadline(
  clock: Clock,
  ms: number,
  late: () => Error = () => new DOMException(`longer than ${Math.round(ms)} ms`, "TimeoutError"),
): { readonly signal: AbortSignal } & Disposable {
  const deadline = new AbortController();
  const stop = new AbortController();
  clock.sleep(ms, stop.signal).then(
    () => deadline.abort(late()),
    () => undefined,
  );
  return { signal: deadline.signal, [Symbol.dispose]: () => stop.abort(noLongerNeeded) };
}

/** Runs work under a signal that aborts after a span of the clock, or with the outer signal; see `createDeadline`. */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  late?: () => Error,
): Promise<T> {
  using deadline = createDeadline(clock, ms, late);
  return await work(outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal);
}
