import type { Verdict } from "../model/verdict.ts";
import type { WatchTarget } from "../model/watch-target.ts";
import type { WatchedCheck } from "../model/watched-check.ts";

/** One check over a span that began when it was made. Disposing ends it. */
export interface Watching extends AsyncDisposable {
  /**
   * The verdict on the span up to now. `looks` is how often it will be asked in all: the risk of a chance find is split over
   * them. Never throws for what cannot be seen: that has no data. Only the signal's reason and bugs are thrown.
   */
  look(looks: number, signal?: AbortSignal): Promise<Verdict>;
  /**
   * Whether the last look was bad, and only the check's `retries` forgive it: its verdict has no data, and another look, an
   * interval later, tells more. Absent where nothing is forgiven.
   */
  readonly forgave?: (() => boolean) | undefined;
  /**
   * Settles, and never rejects, when something has happened since the last look that is worth another one at once, or the
   * signal aborts. Absent where only time tells.
   */
  readonly stirred?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/** Checks that take a span of time. */
export interface Watcher {
  begin(check: WatchedCheck, target: WatchTarget, signal?: AbortSignal): Promise<Watching>;
}
