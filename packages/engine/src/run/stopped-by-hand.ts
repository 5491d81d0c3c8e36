import type { ObservedContainer, ObservedStack } from "@sluice/core";

/** All that a stack holds beside its doors. */
export function containersOf({ base, plain, orphans, slots }: ObservedStack): readonly ObservedContainer[] {
  return [...containersInBase({ base, orphans }), ...plain, ...slots.blue.containers, ...slots.green.containers];
}

/** What is in base, also of services that only another release has. */
export function containersInBase({
  base,
  orphans,
}: Pick<ObservedStack, "base" | "orphans">): readonly ObservedContainer[] {
  return [...Object.values(base).flatMap(({ containers }) => containers), ...orphans];
}

/** Names of the containers that run: what an engine must not leave down. */
export function runningIn(observed: ObservedStack): ReadonlySet<string> {
  return new Set(containersOf(observed).flatMap(({ name, state }) => (state === "running" ? [name] : [])));
}

/** An engine that goes ends its containers one by one as they give in; what it still has to do after the slowest. */
const goingMs = 5_000;

/**
 * Whether somebody stopped a container that is down, and not the engine that went away. One that goes leaves nothing
 * running: where another has run from before this one ended until well after, the engine was there all the time. All
 * moments are those of the engine's own clock. What cannot be told counts as the engine's doing, and so does what broke
 * down by itself: both are wanted back. Pure.
 *
 * @param others containers of the same stack
 * @param graceMs the longest that one of them may take to stop
 */
export function isStoppedByHand(
  container: ObservedContainer,
  others: readonly ObservedContainer[],
  graceMs: number,
): boolean {
  const ended = momentOf(container.finishedAt);
  if (ended === null || container.oomKilled || !exitCodesOfStops.has(container.exitCode)) return false;
  return others.some((other) => {
    const began = momentOf(other.startedAt);
    if (began === null || began >= ended) return false;
    if (other.state === "running") return true;
    const last = momentOf(other.finishedAt);
    return last !== null && last > ended + graceMs + goingMs;
  });
}

/** It ended well, or by SIGINT, SIGKILL or SIGTERM. */
const exitCodesOfStops: ReadonlySet<number> = new Set([0, 130, 137, 143]);

/** Milliseconds; the engine's are of nine digits, with trailing zeros left out, and do not compare as text. */
function momentOf(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
