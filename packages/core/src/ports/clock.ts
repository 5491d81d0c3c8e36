/** The one source of time. Wall time for records, monotonic time for deadlines and durations. */
export interface Clock {
  now(): Date;
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Rejects with the signal's reason when it aborts. For spans that are wanted (a step's duration), never to poll for an event. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
