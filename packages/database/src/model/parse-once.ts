import type * as z from "zod";

/** For what a process parses a few times: a parser compiled for a schema would take longer than that. */
export const once: z.core.ParseContext<z.core.$ZodIssue> = { jitless: true };
