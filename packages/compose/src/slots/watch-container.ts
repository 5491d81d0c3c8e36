import type { Readable } from "node:stream";
import type { Engine } from "../engine/engine.ts";
import { openEvents } from "../engine/events.ts";
import { type Bell, createBell } from "./bell.ts";

/** A bell that the engine's events of a container ring, until the signal aborts. */
export async function watchContainer(engine: Engine, id: string, signal: AbortSignal): Promise<Bell> {
  const bell = createBell(engine.clock);
  const events = await openEvents(engine, { type: ["container"], container: [id] }, signal);
  void ringOnEvents(events, bell);
  return bell;
}

async function ringOnEvents(events: AsyncIterable<{ readonly action: string }>, bell: Bell): Promise<void> {
  try {
    for await (const { action } of events) if (!action.startsWith("exec_")) bell.ring();
  } catch {
    // The connection broke: whoever waits looks again after its own time.
  }
}

/** A bell that rings when the container writes to its log, until the signal aborts; silent where the log cannot be read. */
export function watchOutput(engine: Engine, id: string, signal: AbortSignal): Bell {
  const bell = createBell(engine.clock);
  void ringOnOutput(engine, id, bell, signal).catch(() => undefined);
  return bell;
}

async function ringOnOutput(engine: Engine, id: string, bell: Bell, signal: AbortSignal): Promise<void> {
  const container = (await engine.docker()).getContainer(id);
  const log = (await container.logs({
    follow: true,
    stdout: true,
    stderr: true,
    tail: 0,
    abortSignal: signal,
  })) as unknown as Readable;
  if (signal.aborted) log.destroy();
  signal.addEventListener("abort", () => log.destroy(), { once: true });
  for await (const _chunk of log) bell.ring();
}
