import {
  type Clock,
  type ContainerLogs,
  type LogsCheck,
  SluiceError,
  type WatchedPrevious,
  type WatchTarget,
} from "@sluice/core";
import type { Span } from "../sight.ts";
import { followLines } from "./follow-lines.ts";
import { judgeLogs, type LogCount, logsLimit } from "./judge-logs.ts";
import { createLineCounter } from "./line-counter.ts";

interface Means {
  readonly logs: ContainerLogs;
  readonly clock: Clock;
}

/** Counts what the containers write from now on, and what those of the version before write and wrote. */
export function watchLogs(means: Means, check: LogsCheck, target: WatchTarget): Span {
  const { clock } = means;
  const stop = new AbortController();
  const { signal } = stop;
  const own = createLineCounter(check);
  const other = createLineCounter(check);
  const { previous } = target;
  const ids = containersOf(check, target.containers);
  const since = target.since ?? "now";
  const begin = clock.monotonicMs() - (target.since ? clock.now().getTime() - target.since.getTime() : 0);
  const followed = ids.map((id) => followLines(means, id, { since }, (line) => own.take(line), signal));
  // One without users says nothing of what users meet; what it wrote before does.
  const beside = previous && previous.share > 0 ? containersOf(check, previous.containers) : [];
  const followedBeside = beside.map((id) => followLines(means, id, { since }, (line) => other.take(line), signal));
  const before = previous ? countBefore(means, check, previous, signal) : Promise.resolve(null);
  before.catch(() => undefined);
  return {
    limit: logsLimit(check),
    async look(looks) {
      if (ids.length === 0) throw new SluiceError("ENGINE_FAILED", "nothing runs that could be watched");
      const broken = [...followed, ...followedBeside].find((log) => log.broken !== null)?.broken;
      if (broken) throw new SluiceError("ENGINE_FAILED", broken);
      const earlier = await before;
      const seconds = (clock.monotonicMs() - begin) / 1_000;
      const spans: LogCount[] = earlier ? [earlier] : [];
      if (previous && beside.length > 0) spans.push({ lines: other.lines, seconds, share: previous.share });
      const candidate = { lines: own.lines, seconds, share: target.share };
      const { forbidden, examples } = own;
      return judgeLogs(check, { candidate, previous: spans, forbidden, examples, looks });
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.allSettled([before, ...[...followed, ...followedBeside].map(({ done }) => done)]);
    },
  };
}

function containersOf({ services }: LogsCheck, containers: WatchTarget["containers"]): readonly string[] {
  return services.flatMap((service) => containers[service] ?? []);
}

/**
 * What the version before wrote while it had all users; `null` where that is not known. A log that begins later than
 * asked, because it was rotated or the container is younger, counts from its first line.
 */
async function countBefore(
  { logs }: Means,
  check: LogsCheck,
  { containers, servedUntil }: WatchedPrevious,
  signal: AbortSignal,
): Promise<LogCount | null> {
  const ids = containersOf(check, containers);
  if (servedUntil === null || ids.length === 0) return null;
  const since = new Date(servedUntil.getTime() - check.windowMs);
  const counter = createLineCounter(check);
  const begins = await Promise.all(
    ids.map(async (id) => {
      let first: number | null = null;
      for await (const line of logs.lines(id, { since, until: servedUntil }, signal)) {
        first ??= Date.parse(line.at);
        counter.take(line);
      }
      return first;
    }),
  );
  const known = begins.filter((begin) => begin !== null);
  // All of them silent: nothing tells since when, and nothing was wrong.
  const begin = known.length > 0 ? Math.min(...known) : since.getTime();
  return { lines: counter.lines, seconds: (servedUntil.getTime() - begin) / 1_000, share: 100 };
}
