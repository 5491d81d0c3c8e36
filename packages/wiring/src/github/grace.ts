import type { Clock } from "@sluice/core";

/** Waits for work that is under way, and ends it after a span: `ending` is what it heeds. */
export async function withGrace<T>(clock: Clock, ms: number, ending: AbortController, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  clock.sleep(ms, done.signal).then(
    () => ending.abort(new DOMException(`longer than ${ms} ms`, "TimeoutError")),
    () => undefined,
  );
  try {
    return await work;
  } finally {
    done.abort(new Error("this wait is not needed any more"));
  }
}
