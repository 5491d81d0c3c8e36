import type { Clock } from "@sluice/core";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

export interface FakeClock extends Clock {
  advance(ms: number): void;
  /** Moves wall time, and nothing else: what waits, waits as long as before. Negative goes back. */
  skewWall(ms: number): void;
  /** Another one that shows the same, for which nobody waits. */
  copy(): FakeClock;
}

/**
 * A clock that jumps: when everything waits for time and nothing else is under way, it goes to the earliest moment that
 * somebody waits for. An hour costs a fraction of a millisecond, and deadlines fire exactly when they would.
 */
export function createFakeClock(start = Date.UTC(2026, 0, 1), { elapsed = 0, skew = 0 } = {}): FakeClock {
  const timers = new Set<Timer>();
  let isTicking = false;

  const tick = () => {
    isTicking = false;
    const [next] = [...timers].toSorted((a, b) => a.at - b.at);
    if (!next) return;
    elapsed = Math.max(elapsed, next.at);
    timers.delete(next);
    next.fire();
    schedule();
  };
  // A macrotask runs only when all promises have settled as far as they can: whoever still waits, waits for time.
  const schedule = () => {
    if (isTicking || timers.size === 0) return;
    isTicking = true;
    setImmediate(tick);
  };

  return {
    now: () => new Date(start + elapsed + skew),
    monotonicMs: () => elapsed,
    advance(ms) {
      elapsed += ms;
    },
    skewWall(ms) {
      skew += ms;
    },
    copy: () => createFakeClock(start, { elapsed, skew }),
    sleep(ms, signal) {
      return new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const timer: Timer = {
          at: elapsed + ms,
          fire() {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        const abort = () => {
          timers.delete(timer);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener("abort", abort, { once: true });
        timers.add(timer);
        schedule();
      });
    },
  };
}
