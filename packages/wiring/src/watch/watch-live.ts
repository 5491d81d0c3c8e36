import {
  type Clock,
  type ObservedContainer,
  type Slot,
  selfCompared,
  type Verdict,
  type WatchedCheck,
  type Watcher,
  type WatchTarget,
  watchesContainers,
} from "@sluice/core";

/** How much of what serves has written down is looked at. */
const lookBackMs = 5 * 60_000;

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
export function liveTarget(facts: LiveFacts, now: Date): WatchTarget {
  return selfCompared(facts, new Date(now.getTime() - lookBackMs), now);
}

interface RunningContainers {
  /** Of the slot that serves, or of base where none does. */
  readonly containers: readonly ObservedContainer[];
  /** In base beside the slot. */
  readonly elsewhere: readonly ObservedContainer[];
}

/** Those of the services that a check watches, wherever they run: what cannot be two at once is beside the slot. Pure. */
export function watchedContainers(
  check: WatchedCheck,
  { containers, elsewhere }: RunningContainers,
): readonly ObservedContainer[] {
  if (!watchesContainers(check)) return containers;
  return [...containers, ...elsewhere].filter(({ service }) => check.services.includes(service));
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
