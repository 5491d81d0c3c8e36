import type { ComposeRuntime } from "@sluice/compose";
import type { Clock, Watcher } from "@sluice/core";
import { createWatcher, type WatcherOptions } from "@sluice/health";

/** The checks that watch, on the engine. */
export function createStackWatcher(
  runtime: Pick<ComposeRuntime, "logs" | "stats">,
  clock: Clock,
  references: Pick<WatcherOptions, "environment" | "onSecrets">,
): Watcher {
  const { logs, stats } = runtime;
  return createWatcher({ ...references, clock, logs, stats });
}
