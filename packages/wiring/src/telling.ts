import { createEvent, type Finding } from "@sluice/core";
import type { Session } from "./session.ts";

/** Tells findings as events, where nobody asked for them in another way. */
export function telling(session: Session): (finding: Finding) => void {
  return (finding) => session.lastWord.sink(createEvent(session.clock.now(), { type: "finding", finding }));
}
