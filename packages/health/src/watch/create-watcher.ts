import {
  type Clock,
  type ContainerLogs,
  type ContainerStats,
  formatDuration,
  isSluiceError,
  type Verdict,
  type WatchedCheck,
  type Watcher,
  type Watching,
  type WatchTarget,
} from "@sluice/core";
import { withDeadline } from "../deadline.ts";
import type { Sight, Span } from "./sight.ts";

export interface WatcherOptions {
  readonly clock: Clock;
  readonly logs: ContainerLogs;
  readonly stats: ContainerStats;
  /** What `${env:NAME}` of a check stands for. Default: nothing is known. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told what must never be shown as soon as it is known. */
  readonly onSecrets?: ((values: readonly string[]) => void) | undefined;
}

/**
 * Checks that take a span of time. What cannot be seen is a verdict without data, which counts as the check says; what
 * there was too little time for is one too, and stops nothing.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  return {
    async begin(check, target, signal) {
      signal?.throwIfAborted();
      const span = await openSpan(options, check, target, signal);
      return watching(options.clock, check, span);
    },
  };
}

/** Each kind is loaded where a configuration asks for it. */
async function openSpan(
  options: WatcherOptions,
  check: WatchedCheck,
  target: WatchTarget,
  signal: AbortSignal | undefined,
): Promise<Span> {
  switch (check.type) {
    case "logs":
      return (await import("./logs/watch-logs.ts")).watchLogs(options, check, target);
    case "resources":
      return (await import("./resources/watch-resources.ts")).watchResources(options, check, target, signal);
    case "prometheus":
      return (await import("./prometheus/watch-prometheus.ts")).watchPrometheus(options, check, target);
    case "sentry":
      return (await import("./sentry/watch-sentry.ts")).watchSentry(options, check, target);
  }
}

function watching(clock: Clock, check: WatchedCheck, span: Span): Watching {
  let badInARow = 0;
  let isForgiven = false;
  return {
    async look(looks, signal) {
      const sight = await see(clock, check, span, looks, signal);
      if (sight.result === "fail") badInARow += 1;
      if (sight.result === "pass") badInARow = 0;
      isForgiven = sight.result === "fail" && badInARow <= check.retries;
      if (!isForgiven) return toVerdict(check, sight);
      const forgiven = `${sight.value}: ${badInARow} of ${check.retries} looks that are forgiven`;
      return toVerdict(check, { ...sight, result: "no-data", value: forgiven, isEarly: true });
    },
    forgave: () => isForgiven,
    ...(span.stirred ? { stirred: span.stirred } : {}),
    [Symbol.asyncDispose]: () => span[Symbol.asyncDispose](),
  };
}

async function see(
  clock: Clock,
  { timeoutMs }: WatchedCheck,
  span: Span,
  looks: number,
  signal: AbortSignal | undefined,
): Promise<Sight> {
  const nothing = { result: "no-data", limit: span.limit, n: 0 } as const;
  try {
    const timed = await withDeadline(clock, timeoutMs, signal, (both) => span.look(looks, both));
    return timed.done ? timed.value : { ...nothing, value: `nothing within ${formatDuration(timeoutMs)}` };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSluiceError(error)) throw error;
    return { ...nothing, value: "could not be seen", detail: error.message };
  }
}

function toVerdict(check: WatchedCheck, { result, value, limit, n, p, detail, isEarly }: Sight): Verdict {
  return {
    check: check.name,
    result,
    value,
    limit,
    n,
    ...(p === undefined ? {} : { p }),
    ...(detail === undefined ? {} : { detail }),
    ...(result === "no-data" ? { onNoData: isEarly ? "warn" : check.onNoData } : {}),
  };
}
