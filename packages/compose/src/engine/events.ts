import type { Readable } from "node:stream";
import { type Engine, withSignal } from "./engine.ts";
import { createLineSplitter } from "./lines.ts";

export interface EngineEvent {
  readonly type: string;
  /** `start`, `die`, `oom`, `health_status: healthy`, … */
  readonly action: string;
  /** Id of the container, network or image. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Unix time, milliseconds, by the engine's clock. */
  readonly at: number;
}

export type EventFilters = Readonly<Record<string, readonly string[]>>;

/**
 * Events of the engine as they come, until the signal aborts (then it ends) or the connection breaks (then it throws).
 * Resolves once the engine has accepted the subscription.
 *
 * @param span only what the engine remembers of it: Unix times, milliseconds, by the engine's clock; ends then by itself
 */
export async function openEvents(
  engine: Engine,
  filters: EventFilters,
  signal: AbortSignal,
  span?: { readonly sinceMs: number; readonly untilMs: number },
): Promise<AsyncIterable<EngineEvent>> {
  const stream = (await engine.call("events of the engine cannot be read", (docker) =>
    docker.getEvents({
      filters: JSON.stringify(filters),
      ...(span && { since: span.sinceMs / 1_000, until: span.untilMs / 1_000 }),
      ...withSignal(signal),
    }),
  )) as Readable;
  return readEvents(stream, signal);
}

async function* readEvents(stream: Readable, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const found: EngineEvent[] = [];
  const splitter = createLineSplitter((line) => {
    if (line !== "") found.push(parseEvent(line));
  });
  const close = () => stream.destroy();
  signal.addEventListener("abort", close, { once: true });
  try {
    for await (const chunk of stream) {
      splitter.push(chunk as Uint8Array);
      yield* found.splice(0);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", close);
    stream.destroy();
  }
}

function parseEvent(line: string): EngineEvent {
  const event = JSON.parse(line) as {
    Type?: string;
    Action?: string;
    Actor?: { ID?: string; Attributes?: Record<string, string> };
    timeNano?: number;
  };
  return {
    type: event.Type ?? "",
    action: event.Action ?? "",
    id: event.Actor?.ID ?? "",
    attributes: event.Actor?.Attributes ?? {},
    at: Math.floor((event.timeNano ?? 0) / 1e6),
  };
}
