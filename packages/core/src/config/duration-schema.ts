import * as z from "zod";
import { parseDuration } from "./duration.ts";

/** A duration in Compose syntax in the file, milliseconds in the resolved configuration. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, "expected a duration such as 500ms, 30s or 1m30s")
  .transform((text) => parseDuration(text) ?? 0);
