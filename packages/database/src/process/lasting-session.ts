import type { Turns } from "./turns.ts";

/** For an answer that comes when nobody waits for it any more. Milliseconds. */
const graceMs = 10_000;

/**
 * Opens a session that lasts longer than the signal: what that aborts still has to end before somebody else may begin. Until its
 * first statements are done the signal ends it at once, and then where an answer takes 10 s although it has aborted.
 *
 * @param first statements, whose lines nobody needs
 * @throws what they and `open` throw; the signal's reason, also from its queries
 */
export async function openLasting(
  open: (signal: AbortSignal) => Promise<Turns>,
  first: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Turns> {
  signal.throwIfAborted();
  const stop = new AbortController();
  async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => void (timer = setTimeout(() => stop.abort(signal.reason), ms));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await answer;
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(timer);
    }
  }
  const session = await within(0, open(stop.signal));
  try {
    await within(0, session.query(first));
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return {
    query: (sql) => within(graceMs, session.query(sql)),
    finish: (sql) => within(graceMs, session.finish(sql)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
