import * as z from "zod";
import { parseDuration } from "./duration.ts";

const expected = "expected a duration such as 500ms, 30s or 1m30s";

/** A duration in Compose syntax in the file, milliseconds in the resolved configuration. */
export const duration = z.codec(
  z.string(expected).refine((text) => parseDuration(text) !== undefined, expected),
  z.number(),
  { decode: (text) => parseDuration(text) ?? 0, encode: (ms) => `${ms}ms` },
);

/** Of what cannot be done in no time at all. */
export const timeSpan = duration.refine((ms) => ms >= 1, "expected at least 1ms");

/** Between two looks at something: without a pause looking would be all that is done. */
export const lookInterval = duration.refine((ms) => ms >= 100, "expected at least 100ms");
