import type { ContainerLogs, LogSpan } from "@sluice/core";
import type { Engine } from "./engine.ts";
import { type FollowLogsOptions, followLogs } from "./follow-logs.ts";

export function createContainerLogs(engine: Engine): ContainerLogs {
  return {
    lines: (container, span, signal) => followLogs(engine, [container], { ...optionsOf(span), signal }),
  };
}

function optionsOf({ since, until }: LogSpan): FollowLogsOptions {
  const follow = until === undefined;
  // Only the tail is read from a log's end: by time, the engine goes through all of it.
  if (since === "now") return { follow, tail: 0 };
  return { follow, since: since.toISOString(), until: until?.toISOString() };
}
