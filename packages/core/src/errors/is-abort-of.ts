/** An `AbortSignal`, as far as it tells. */
interface Abortable {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/**
 * Whether an error is no more than the news that a signal aborted: its reason, an `AbortError`, or what one of these caused. Any
 * other error that comes after the abort says something of its own.
 */
export function isAbortOf(error: unknown, { aborted, reason }: Abortable): boolean {
  if (!aborted) return false;
  for (let at = error; typeof at === "object" && at !== null; at = (at as Error).cause) {
    if (at === reason || (at as Error).name === "AbortError") return true;
  }
  return error === reason;
}
