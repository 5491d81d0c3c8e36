import type { EventSink } from "@sluice/core";

/** Shows one deployment while it happens. */
export interface Renderer {
  readonly onEvent: EventSink;
  /** A sentence for the person who watches, outside the events. */
  note(text: string): void;
  /** The last words; leaves the terminal as it was. Called once. */
  end(): void;
}
