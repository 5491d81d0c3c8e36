import type { EventSink } from "@sluice/core";

/** Shows one deployment while it happens. */
export interface Renderer {
  readonly onEvent: EventSink;
  /** A sentence for the person who watches, outside the events. */
  note(text: string): void;
  /**
   * The last words; leaves the terminal as it was. Called once.
   *
   * @param report file with the page of the deployment, where one was written
   */
  end(report?: string): void;
}
