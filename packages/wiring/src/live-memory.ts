import { type ContainerStats, liveSlot, type ObservedStack } from "@sluice/core";

/** What the release that serves uses, in bytes; 0 where nothing serves, or the engine does not tell. */
export async function readLiveMemory(
  observed: ObservedStack,
  stats: Pick<ContainerStats, "usage">,
  signal?: AbortSignal,
): Promise<number> {
  const live = liveSlot(observed)?.slot;
  const running = live ? observed.slots[live].containers.filter(({ state }) => state === "running") : [];
  const used = await Promise.all(running.map(({ id }) => stats.usage(id, signal).catch(() => null)));
  signal?.throwIfAborted();
  return used.reduce((total, usage) => total + (usage?.memoryBytes ?? 0), 0);
}
