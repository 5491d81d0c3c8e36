import * as z from "zod";
import { parseCronRange } from "./cron-range.ts";
import { parseOpenRange } from "./open-range.ts";

const datePattern = /^\d{4}-\d\d-\d\d$/;
const momentPattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?$/;

/** A calendar day that exists, `2026-12-25`. */
const date = z.lazy(() =>
  z.string().refine((text) => datePattern.test(text) && isDay(text), "expected a date such as 2026-12-25"),
);

/** A day, or a minute of it, in the time zone of the windows. */
const moment = z.lazy(() =>
  z
    .string()
    .refine(
      (text) => momentPattern.test(text) && isDay(text.slice(0, 10)) && isMinute(text.slice(11)),
      "expected a date or time such as 2026-12-20 or 2026-12-20T18:00",
    ),
);

const freezeSchema = z.lazy(() =>
  z
    .strictObject({ from: moment, until: moment, reason: z.string().min(1) })
    .refine(({ from, until }) => begin(from) < end(until), "expected a freeze that ends after it begins"),
);

export const windowsSchema = z.strictObject({
  /** IANA name. All times of the section are meant there. */
  timezone: z
    .string()
    .refine(isTimeZone, "expected the name of a time zone such as Europe/Berlin or Asia/Shanghai")
    .default("UTC"),
  /** Weekly spans in which deployments may begin; none: always. */
  open: z.array(z.string().transform(toRange)).default([]),
  /** Days on which nothing is deployed. */
  holidays: z.array(date).default([]),
  freezes: z.array(freezeSchema).default([]),
});

export type Windows = Readonly<z.output<typeof windowsSchema>>;
export type Freeze = Windows["freezes"][number];

function toRange(text: string, context: z.core.$RefinementCtx<string>) {
  const range = text.startsWith("cron") ? parseCronRange(text) : parseOpenRange(text);
  if (range) return range;
  context.issues.push({
    code: "custom",
    input: text,
    message:
      "expected days and times such as mon-thu 09:00-16:00, sat,sun, daily 22:00-02:00 or cron 0 9 1-7 * mon for 3h",
  });
  return z.NEVER;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function isMinute(text: string): boolean {
  return text === "" || /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/** Comparable texts: a bare date begins with its day, and ends after its last minute. */
const begin = (text: string) => (text.includes("T") ? text : `${text}T00:00`);
const end = (text: string) => (text.includes("T") ? text : `${text}T24:00`);
