/** Tells who waits that something has happened since the last look. */
export interface Stir {
  happened(): void;
  looked(): void;
  /** At once where it has happened already; at the latest when the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createStir(): Stir {
  let stirred = new AbortController();
  return {
    happened: () => stirred.abort(),
    looked() {
      if (stirred.signal.aborted) stirred = new AbortController();
    },
    wait(signal) {
      const either = AbortSignal.any([signal, stirred.signal]);
      if (either.aborted) return Promise.resolve();
      return new Promise((resolve) => either.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}
