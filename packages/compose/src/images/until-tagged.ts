import type { Engine } from "../engine/engine.ts";
import { type EngineEvent, openEvents } from "../engine/events.ts";

/**
 * Resolves when the build has ended or, which is some 200 ms earlier, when the engine has told that each image got its
 * tag: an image has its name last, and what Compose waits for then is the end of the report.
 *
 * @param ended the build; where it fails, or the engine tells of no tags, this is what counts
 * @throws what the build throws before all images are there
 */
export async function untilTagged(engine: Engine, tags: readonly string[], ended: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const tagged = async () => {
    const events = await openEvents(engine, { type: ["image"], event: ["tag"] }, stop.signal);
    if (!(await sawAll(events, tags))) await ended;
  };
  try {
    await Promise.race([ended, tagged().catch(() => ended)]);
  } finally {
    stop.abort();
  }
}

/** Whether each of the tags was set before the events ended. */
export async function sawAll(
  events: AsyncIterable<Pick<EngineEvent, "action" | "attributes">>,
  tags: readonly string[],
): Promise<boolean> {
  const left = new Set(tags);
  for await (const { action, attributes } of events) {
    if (action === "tag") left.delete(attributes["name"] ?? "");
    if (left.size === 0) return true;
  }
  return false;
}
