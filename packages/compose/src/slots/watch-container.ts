import type { Engine } from "../engine/engine.ts";
import { openEvents } from "../engine/events.ts";

/** Something that may have changed. A ring that comes while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell that the engine's events of a container ring, until the signal aborts. */
export async function watchContainer(engine: Engine, id: string, signal: AbortSignal): Promise<Bell> {
  let rung = new AbortController();
  const bell: Bell = {
    ring: () => rung.abort(),
    async wait(ms, stop) {
      await engine.clock.sleep(ms, AbortSignal.any([stop, rung.signal])).catch(() => undefined);
      if (rung.signal.aborted) rung = new AbortController();
    },
  };
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
