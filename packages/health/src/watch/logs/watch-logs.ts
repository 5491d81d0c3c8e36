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

/** Counts what the containers write from now on, or wrote since the span began, and what those of the version before write and wrote. */
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
  const followed = ids.map((id) => followLines(means, id, since, (line) => own.take(line), signal));
  // One without users says nothing of what users meet; what it wrote before does.
  const beside = previous && previous.share > 0 ? containersOf(check, previous.containers) : [];
  const followedBeside = beside.map((id) => followLines(means, id, since, (line) => other.take(line), signal));
  const before = previous ? countBefore(means, check, previous, signal) : Promise.resolve(null);
  before.catch(() => undefined);
  return {
    limit: logsLimit(check),
    async look(looks) {
      if (ids.length === 0) throw new SluiceError("ENGINE_FAILED", "nothing runs that could be watched");
      await Promise.all([...followed, ...followedBeside].map(({ caughtUp }) => caughtUp));
      const broken = [...followed, ...followedBeside].find((log) => log.broken !== null)?.broken;
      if (broken) throw new SluiceError("ENGINE_FAILED", broken);
      const earlier = await before;
      const seconds = (clock.monotonicMs() - begin) / 1_000;
      const spans: LogCount[] = earlier ? [earlier] : [];
      if (previous && beside.length > 0) spans.push({ lines: other.lines, seconds, share: previous.share });
      const candidate = { lines: own.lines, seconds, share: target.share };
      const { forbidden, examples } = own;
      const sight = judgeLogs(check, { candidate, previous: spans, forbidden, examples, looks });
      // What serves and has nothing to be compared with is only too young for it.
      return target.since && !previous && sight.result === "no-data" ? { ...sight, isEarly: true } : sight;
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
 * What the version before wrote while it had all users; `null` where that is not known. Where the oldest line that there is
 * is younger than asked, because the log was rotated or so was the container, the time counts from that one.
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
  const oldest = await Promise.all(
    ids.map(async (id) => {
      for await (const line of logs.lines(id, { since, until: servedUntil }, signal)) counter.take(line);
      return oldestLine(logs, id, servedUntil, signal);
    }),
  );
  const known = oldest.filter((at) => at !== null);
  // All of them silent: nothing tells since when, and nothing was wrong.
  const begin = Math.max(since.getTime(), known.length > 0 ? Math.min(...known) : 0);
  return { lines: counter.lines, seconds: (servedUntil.getTime() - begin) / 1_000, share: 100 };
}

async function oldestLine(logs: ContainerLogs, id: string, until: Date, signal: AbortSignal): Promise<number | null> {
  for await (const { at } of logs.lines(id, { since: new Date(0), until }, signal)) return Date.parse(at);
  return null;
}
