import type { SluiceEvent } from "../events/events.ts";

/** Where a library speaks. A sink must not throw; what it throws is dropped. */
export type EventSink = (event: SluiceEvent) => void;

/** Silence, the default of every library. */
export const discardEvents: EventSink = () => {};
