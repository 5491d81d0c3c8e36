import type { SluiceEvent } from "@sluice/core";
import { withFlags, withFlagsInHint } from "../given-flags.ts";

/** The commands that an event proposes to people, with the options of `givenFlags`. */
export function withFlagsInEvent(event: SluiceEvent, given: string): SluiceEvent {
  if (event.type === "error") return withFlagsInHint(event, given);
  if (event.type === "step-progress") return { ...event, text: withFlags(event.text, given) };
  return event.type === "finding" ? { ...event, finding: withFlagsInHint(event.finding, given) } : event;
}
