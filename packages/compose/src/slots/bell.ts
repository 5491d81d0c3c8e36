import type { Clock } from "@sluice/core";

/** Something that may have changed. A ring that comes while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(ms, stop) {
      await clock.sleep(ms, AbortSignal.any([stop, rung.signal])).catch(() => undefined);
      if (rung.signal.aborted) rung = new AbortController();
    },
  };
}
