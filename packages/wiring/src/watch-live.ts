import type {
  Clock,
  ObservedContainer,
  Slot,
  Verdict,
  WatchedCheck,
  WatchedPrevious,
  Watcher,
  WatchTarget,
} from "@sluice/core";
import { containersByService } from "@sluice/core";

/** How much of what serves has written down is looked at. */
const lookBackMs = 5 * 60_000;
/** Younger than this before that, there is nothing to compare it with. */
const settledMs = 60_000;

interface LiveFacts {
  readonly stack: string;
  readonly slot: Slot;
  readonly release: string;
  readonly containers: readonly ObservedContainer[];
}

/**
 * What is watched of the release that serves: with nobody to compare it with, it is compared with what it did itself
 * before the last minutes.
 */
export function liveTarget({ stack, slot, release, containers }: LiveFacts, now: Date): WatchTarget {
  const starts = containers.flatMap(({ startedAt }) => (startedAt === "" ? [] : [Date.parse(startedAt)]));
  const youngest = Math.max(0, ...starts);
  const since = new Date(Math.max(now.getTime() - lookBackMs, Math.min(youngest, now.getTime())));
  const ids = containersByService(containers);
  const isSettled = since.getTime() - youngest >= settledMs;
  const itself: WatchedPrevious = { release, containers: ids, share: 0, servedUntil: since };
  return { stack, slot, release, containers: ids, share: 100, since, previous: isSettled ? itself : null };
}

/** The verdict of one check on what serves, after as long as it needs, and as many looks: one that is only forgiven is none. */
export async function watchLive(
  { clock, watcher }: { readonly clock: Clock; readonly watcher: Watcher },
  check: WatchedCheck,
  target: WatchTarget,
  signal?: AbortSignal,
): Promise<Verdict> {
  await using watching = await watcher.begin(check, target, signal);
  const neededMs = check.type === "resources" ? check.growth.windowMs + check.intervalMs : 0;
  const looks = Math.ceil(neededMs / check.intervalMs) + 1;
  const begin = clock.monotonicMs();
  for (;;) {
    const verdict = await watching.look(looks, signal);
    const elapsedMs = clock.monotonicMs() - begin;
    // On a busy machine looks take long, and what is needed of them comes later.
    const isOver = elapsedMs >= neededMs && (verdict.result !== "no-data" || elapsedMs >= neededMs * 2);
    const isForgiven = watching.forgave?.() ?? false;
    if ((isOver && !isForgiven) || verdict.result === "fail") return verdict;
    await clock.sleep(check.intervalMs, signal);
  }
}
