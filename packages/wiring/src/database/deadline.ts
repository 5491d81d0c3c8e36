import { type Clock, SluiceError, within } from "@sluice/core";

export interface Bound {
  readonly ms: number;
  /** That holds the time, for the hint; `null` where none does. */
  readonly setting: string | null;
  /** What is bound, for the message. */
  readonly what: string;
}

/**
 * Runs under a signal that also aborts when the time is over.
 *
 * @throws SluiceError DEADLINE_EXCEEDED
 */
export async function inTime<T>(
  clock: Clock,
  { ms, setting, what }: Bound,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const hint = setting === null ? undefined : `raise ${setting} if it only needs more time`;
  const late = () => new SluiceError("DEADLINE_EXCEEDED", `${what} took longer than ${ms} ms`, { hint });
  return within(clock, ms, signal, run, late);
}
