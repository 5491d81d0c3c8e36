import type { EventSink, SluiceEvent } from "@sluice/core";

export type EndEvent = Extract<SluiceEvent, { type: "deployment-end" }>;

/** A sink that can hold back the end of a deployment, so that what comes after it is still told before it. */
export interface LastWord {
  readonly sink: EventSink;
  /** Tells something before an end that is held. */
  readonly aside: EventSink;
  /** From now on the last end waits for `release`, or for the next event of a deployment. */
  hold(): Held;
  /** Sees every event as it comes, like all others who watch, until the next hold ends. */
  watch(watcher: EventSink): void;
}

export interface Held {
  /** Ends that were told or are held, in order. */
  readonly ends: readonly EndEvent[];
  /** Tells something before the end that is held. */
  say(event: SluiceEvent): void;
  release(): void;
}

/** The last event of a deployment says how it ended: telling people comes after that, and may have something to say. */
export function createLastWord(sink: EventSink): LastWord {
  let ends: EndEvent[] | null = null;
  let held: EndEvent | null = null;
  let watchers: readonly EventSink[] = [];
  const letGo = () => {
    const event = held;
    held = null;
    if (event) sink(event);
  };
  return {
    aside: sink,
    sink(event) {
      for (const watcher of watchers) watcher(event);
      letGo();
      if (event.type !== "deployment-end" || !ends) return sink(event);
      ends.push(event);
      held = event;
    },
    watch(watcher) {
      watchers = [...watchers, watcher];
    },
    hold() {
      const mine: EndEvent[] = [];
      ends = mine;
      return {
        ends: mine,
        say: sink,
        release() {
          ends = null;
          watchers = [];
          letGo();
        },
      };
    },
  };
}
