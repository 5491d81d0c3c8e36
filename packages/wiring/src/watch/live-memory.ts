import {
  type Clock,
  type ContainerStats,
  liveSlot,
  type MachineMemory,
  type MemoryUse,
  type ObservedStack,
  type StackObserver,
  within,
} from "@sluice/core";

interface MemoryPorts {
  readonly clock: Clock;
  readonly stats: Pick<ContainerStats, "usage">;
  readonly observer: Pick<StackObserver, "memory">;
}

/** What the release that serves uses, and what the engine's machine has, as far as the engine tells. */
export async function readMemory(
  observed: ObservedStack,
  { clock, stats, observer }: MemoryPorts,
  signal?: AbortSignal,
): Promise<MemoryUse> {
  const [liveBytes, machine] = await Promise.all([
    liveMemory(observed, stats, signal),
    machineMemory(observed, { clock, observer }, signal),
  ]);
  signal?.throwIfAborted();
  return { liveBytes, machine };
}

/** A plan waits no longer for what it only has to tell. */
const askingMs = 10_000;

/** Any door that runs tells. */
async function machineMemory(
  { doors }: ObservedStack,
  { clock, observer }: Pick<MemoryPorts, "clock" | "observer">,
  signal?: AbortSignal,
): Promise<MachineMemory | null> {
  const door = Object.values(doors).find(({ state }) => state === "current" || state === "outdated");
  if (!door?.containerId) return null;
  const { containerId } = door;
  return within(clock, askingMs, signal, (either) => observer.memory(containerId, either)).catch(() => null);
}

async function liveMemory(
  observed: ObservedStack,
  stats: Pick<ContainerStats, "usage">,
  signal?: AbortSignal,
): Promise<number> {
  const live = liveSlot(observed)?.slot;
  const running = live ? observed.slots[live].containers.filter(({ state }) => state === "running") : [];
  const used = await Promise.all(running.map(({ id }) => stats.usage(id, signal).catch(() => null)));
  return used.reduce((total, usage) => total + (usage?.memoryBytes ?? 0), 0);
}
