import {
  type Clock,
  type ContainerFall,
  type ContainerStats,
  type ContainerUsage,
  messageOf,
  type ResourcesCheck,
  SluiceError,
  type WatchTarget,
} from "@sluice/core";
import { withDeadline } from "../../deadline.ts";
import type { Span } from "../sight.ts";
import { judgeResources, resourcesLimit, type UsageSeries } from "./judge-resources.ts";
import { createStir } from "./stir.ts";

/** Samples kept of each container, the newest. */
const keptSamples = 600;
/** Falls kept: one is mostly too many. */
const keptFalls = 100;

interface Watched {
  readonly id: string;
  readonly service: string;
  readonly samples: ContainerUsage[];
}

/**
 * One sample of each container now, which takes no longer than the check's `timeoutMs`, and at each look, and every fall from
 * now on. A signal that aborts before it has begun ends it.
 */
export async function watchResources(
  { stats, clock }: { readonly stats: ContainerStats; readonly clock: Clock },
  check: ResourcesCheck,
  target: WatchTarget,
  signal?: AbortSignal,
): Promise<Span> {
  const stop = new AbortController();
  const watched = containersOf(check, target.containers);
  // What serves may be compared with what it did before: that is no other container to compare its memory with.
  const own = new Set(watched.map(({ id }) => id));
  const before = containersOf(check, target.previous?.containers ?? {}).filter(({ id }) => !own.has(id));
  const stir = createStir();
  const falls: ContainerFall[] = [];
  let broken: string | null = null;
  const following = follow();

  async function follow(): Promise<void> {
    while (!stop.signal.aborted && watched.length > 0) {
      try {
        const ids = watched.map(({ id }) => id);
        const stream = await stats.falls(ids, stop.signal);
        broken = null;
        for await (const fall of stream) {
          if (falls.length < keptFalls) falls.push(fall);
          stir.happened();
        }
      } catch (error) {
        broken = messageOf(error);
      }
      await clock.sleep(1_000, stop.signal).catch(() => undefined);
    }
  }

  async function end(): Promise<void> {
    stop.abort();
    await following;
  }

  async function sample(waiting: AbortSignal): Promise<void> {
    const all = [...watched, ...before];
    const found = await Promise.all(all.map(({ id }) => stats.usage(id, waiting)));
    // Nobody waits for it any more, and a later one may have been taken meanwhile.
    if (waiting.aborted) return;
    for (const [index, { samples }] of all.entries()) {
      const usage = found[index];
      if (!usage) continue;
      samples.push(usage);
      if (samples.length > keptSamples) samples.shift();
    }
  }

  // One more at the begin: a step that lasts as long as the window of growth is long enough for it. What cannot be seen now is
  // told by the first look.
  await withDeadline(clock, check.timeoutMs, signal, sample).catch(() => undefined);
  if (signal?.aborted) {
    await end();
    throw signal.reason;
  }

  const judge = () => judgeResources(check, { series: watched.map((one) => toSeries(one, before)), falls });

  return {
    limit: resourcesLimit(check),
    stirred: (waiting) => stir.wait(waiting),
    async look(_looks, waiting) {
      stir.looked();
      // What fell needs no sample, for which a busy engine takes its time.
      const fallen = falls.length > 0 ? judge() : null;
      if (fallen?.result === "fail") return fallen;
      await sample(waiting);
      const seen = judge();
      // What is found is found; that nothing was needs all events.
      if (broken !== null && seen.result !== "fail") throw new SluiceError("ENGINE_FAILED", broken);
      return seen;
    },
    [Symbol.asyncDispose]: end,
  };
}

function containersOf({ services }: ResourcesCheck, containers: WatchTarget["containers"]): readonly Watched[] {
  return services.flatMap((service) => (containers[service] ?? []).map((id) => ({ id, service, samples: [] })));
}

function toSeries({ id, service, samples }: Watched, before: readonly Watched[]): UsageSeries {
  const used = before.flatMap((one) =>
    one.service === service ? one.samples.map(({ memoryBytes }) => memoryBytes) : [],
  );
  const name = `${service} (${id.slice(0, 12)})`;
  return { name, samples, previousBytes: used.length > 0 ? Math.max(...used) : null };
}
