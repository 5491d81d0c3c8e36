import * as z from "zod";
import { bytes } from "./bytes-schema.ts";
import { duration, timeSpan } from "./duration-schema.ts";
import { headers, httpUrl } from "./http-schema.ts";
import { pattern } from "./pattern-schema.ts";
import { secretReference, textWithNames } from "./reference-schema.ts";
import { referencesIn } from "./template.ts";

/** Words of severity and of failures that nobody caught; levels of JSON loggers that write numbers. */
const usualPatterns = [
  "(?i)\\b(?:error|fatal|critical|panic|exception|traceback|unhandled|uncaught)\\b",
  '"level":(?:50|60)\\b',
];

const logsSchema = z.lazy(() =>
  z.strictObject({
    patterns: z.array(pattern).min(1).default(usualPatterns),
    ignore: z.array(pattern).default([]),
    never: z.array(pattern).default([]),
    /** Times the rate of the version before that is tolerated. */
    maxRatio: z.number().min(1).default(2),
    /** Lines a minute that are never tolerated. */
    max: z.number().min(0).optional(),
    minLines: z.int().min(1).default(5),
    window: duration.default(600_000),
  }),
);

const resourcesSchema = z.lazy(() =>
  z.strictObject({
    memory: z
      .strictObject({ max: bytes("1b").optional(), ofLimit: z.number().min(1).max(100).default(95) })
      .prefault({}),
    growth: z.strictObject({ max: bytes("1b").default(52_428_800), window: timeSpan.default(30_000) }).prefault({}),
    /** Percent of one processor. */
    cpu: z.number().min(1).optional(),
    restarts: z.int().min(0).default(0),
  }),
);

const prometheusSchema = z.lazy(() =>
  z
    .strictObject({
      url: httpUrl,
      headers: headers.default({}),
      query: textWithNames(["slot", "release", "previous", "stack"]),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, "expected min, max or both")
    .refine(({ min = -Infinity, max = Infinity }) => min <= max, "expected a min that is not above max"),
);

const sentryIssuesSchema = z.lazy(() =>
  z.strictObject({
    levels: z
      .array(z.enum(["fatal", "error", "warning", "info", "debug"]))
      .min(1)
      .default(["fatal", "error"]),
    minEvents: z.int().min(1).default(3),
    max: z.int().min(0).default(0),
  }),
);

const slug = z.string().regex(/^[A-Za-z0-9_-]+$/, "expected a slug as in Sentry's addresses");

export const sentrySchema = z.lazy(() =>
  z.strictObject({
    url: httpUrl.default("https://sentry.io"),
    organization: slug,
    projects: z.array(slug).default([]),
    token: secretReference("SENTRY_TOKEN"),
    environment: z
      .string()
      .min(1)
      .refine((text) => referencesIn(text).length === 0, "expected the name itself: nothing is filled in here")
      .optional(),
    release: textWithNames(["release", "stack"]).default("${release}"),
    /** Tell Sentry of each release that is live; needs `projects` and `environment`. */
    record: z.boolean().default(true),
  }),
);

/** Kinds of checks that watch for a span. */
export const watchedKinds = {
  logs: logsSchema.optional(),
  resources: resourcesSchema.optional(),
  prometheus: prometheusSchema.optional(),
  sentry: sentryIssuesSchema.optional(),
};
export const watchedKindNames = [
  "logs",
  "resources",
  "prometheus",
  "sentry",
] as const satisfies readonly (keyof typeof watchedKinds)[];
