import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** The machine's load average of the last minute. */
export const loadNow = (): number => loadavg()[0] ?? 0;

export interface Quiet {
  readonly load: number;
  /** Whether the limit was reached in time; figures of a busy machine are shown all the same, with this beside them. */
  readonly quiet: boolean;
}

export interface QuietOptions {
  /** Default 1.5. */
  readonly below?: number;
  /** Default two minutes. */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
  readonly load?: () => number;
  readonly signal?: AbortSignal;
}

/** Waits until the load average is below the limit, or the time is up. */
export async function waitForQuiet(options: QuietOptions = {}): Promise<Quiet> {
  const { below = 1.5, timeoutMs = 120_000, pollMs = 1_000, load = loadNow, signal } = options;
  const deadline = performance.now() + timeoutMs;
  while (load() >= below && performance.now() < deadline) await sleep(pollMs, undefined, { signal });
  const now = load();
  return { load: now, quiet: now < below };
}
