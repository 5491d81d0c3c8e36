import type { ContainerFall, ContainerStats, ContainerUsage } from "@sluice/core";
import type Docker from "dockerode";
import { type Engine, withSignal } from "./engine.ts";
import { unlessStatus } from "./errors.ts";
import { type EngineEvent, openEvents } from "./events.ts";

export function createContainerStats(engine: Engine): ContainerStats {
  return {
    usage: (id, signal) =>
      engine.call(`what container ${id} uses cannot be read`, async (docker) => {
        const container = docker.getContainer(id);
        const found = await unlessStatus(container.inspect(withSignal(signal)), [404], null);
        if (!found?.State.Running) return null;
        // Without `one-shot` the engine takes a second to see how busy the container is.
        const options = { stream: false, "one-shot": true, ...withSignal(signal) } as const;
        const stats = await unlessStatus(container.stats(options), [404, 409], null);
        return stats ? toUsage(found, stats) : null;
      }),
    async falls(containers, signal) {
      const filters = { type: ["container"], container: containers, event: ["oom", "die"] };
      return toFalls(await openEvents(engine, filters, signal));
    },
  };
}

/** `null` where it ended in between: then everything is zero. */
function toUsage(
  { State, HostConfig }: Docker.ContainerInspectInfo,
  stats: Docker.ContainerStats,
): ContainerUsage | null {
  const { cpu_stats: cpu, memory_stats: memory, read } = stats;
  const { usage } = memory as { usage?: number };
  if (usage === undefined) return null;
  const limit = HostConfig.Memory ?? 0;
  return {
    at: Date.parse(read),
    startedAt: State.StartedAt,
    cpuMs: cpu.cpu_usage.total_usage / 1e6,
    memoryBytes: Math.max(0, usage - givenUpCache(memory)),
    memoryLimitBytes: limit > 0 ? limit : null,
  };
}

/** Page cache that nobody used for a while, by the name of cgroup v1 or of v2; as the `docker stats` command counts. */
function givenUpCache({ stats }: Docker.MemoryStats): number {
  const counted = stats as Readonly<Record<string, number | undefined>> | undefined;
  return counted?.["total_inactive_file"] ?? counted?.["inactive_file"] ?? 0;
}

async function* toFalls(events: AsyncIterable<EngineEvent>): AsyncGenerator<ContainerFall> {
  for await (const { action, id, at, attributes } of events) {
    if (action !== "oom" && action !== "die") continue;
    const exitCode = Number(attributes["exitCode"] ?? Number.NaN);
    yield { container: id, kind: action, at, exitCode: Number.isNaN(exitCode) ? null : exitCode };
  }
}
