import type { Clock } from "@sluice/core";

export interface FakeClock extends Clock {
  /** Spans that were slept, in order. */
  readonly slept: number[];
  advance(ms: number): void;
}

/** Time that passes only by `advance`; sleeps of up to `instantMs` end at once. */
export function createFakeClock({ instantMs = 1_000 } = {}): FakeClock {
  let elapsed = 0;
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>();
  const clock: FakeClock = {
    slept: [],
    now: () => new Date(Date.UTC(2026, 0, 1) + elapsed),
    monotonicMs: () => elapsed,
    advance(ms) {
      elapsed += ms;
      for (const sleeper of waiting) if (sleeper.at <= elapsed) sleeper.wake();
    },
    sleep(ms, signal) {
      if (ms <= instantMs) {
        signal?.throwIfAborted();
        clock.slept.push(ms);
        elapsed += ms;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const sleeper = { at: elapsed + ms, wake: resolve };
        waiting.add(sleeper);
        signal?.addEventListener("abort", () => (waiting.delete(sleeper), reject(signal.reason as Error)), {
          once: true,
        });
      });
    },
  };
  return clock;
}
