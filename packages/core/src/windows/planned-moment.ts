import { Temporal } from "temporal-polyfill";
import { SluiceError } from "../errors/sluice-error.ts";
import { formatInZone } from "./format-in-zone.ts";
import type { Windows } from "./window-schema.ts";
import { windowState } from "./window-state.ts";

export interface PlannedMomentRequest {
  /** `2030-06-04T09:00` in the time zone of the windows, or with an offset of its own; without it, the next opening. */
  readonly at?: string | undefined;
  readonly now: Date;
  /** Why it is planned although the windows are closed then. */
  readonly override?: string | undefined;
}

/**
 * When a deployment is planned for: at a time that was named, else when the windows open next. While they are open, that is
 * the opening after this one: what is announced lies ahead.
 *
 * @throws SluiceError USAGE for a time that is none or is past, or where nothing says when; WINDOW_CLOSED for one at which
 * the deployment would be refused
 */
export function plannedMoment(windows: Windows, { at, now, override }: PlannedMomentRequest): Date {
  if (at === undefined) return nextOpening(windows, now);
  const { timezone } = windows;
  const moment = parseMoment(at, timezone);
  if (!moment) {
    throw new SluiceError("USAGE", `${JSON.stringify(at)} is no time`, {
      hint: `write it as 2030-06-04T09:00, which is meant in ${timezone}, or with an offset: 2030-06-04T09:00+02:00`,
    });
  }
  const text = formatInZone(moment, timezone);
  if (moment <= now) throw new SluiceError("USAGE", `${text} is past`, { hint: "what is announced lies ahead" });
  const { open, reason, nextOpening: opens } = windowState(windows, moment);
  if (open || override) return moment;
  const next = opens ? `it opens ${formatInZone(opens, timezone)} after that; ` : "";
  throw new SluiceError("WINDOW_CLOSED", `a deployment would be refused on ${text}: ${reason}`, {
    hint: `${next}--override REASON announces it all the same, and the reason is in the record`,
  });
}

function nextOpening(windows: Windows, now: Date): Date {
  const { open, closes, nextOpening: opens } = windowState(windows, now);
  const next = open ? closes && windowState(windows, closes).nextOpening : opens;
  if (next) return next;
  throw new SluiceError("USAGE", "nothing says when: no window opens in the next 400 days, or none is configured", {
    hint: "name the time with --at, such as --at 2030-06-04T09:00",
  });
}

/** `undefined` for a text that is no moment. */
function parseMoment(text: string, timezone: string): Date | undefined {
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?<offset>Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!match) return undefined;
  try {
    const at = match.groups?.["offset"]
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text, { overflow: "reject" }).toZonedDateTime(timezone);
    return new Date(at.epochMilliseconds);
  } catch {
    return undefined;
  }
}
