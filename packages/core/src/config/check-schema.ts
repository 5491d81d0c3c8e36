import * as z from "zod";
import { deepKinds } from "./deep-check-schema.ts";
import { lookInterval, timeSpan } from "./duration-schema.ts";
import { checkHeaders, checkPath, method, statuses } from "./http-schema.ts";
import { checkText } from "./reference-schema.ts";
import { sequenceSchema } from "./sequence-schema.ts";
import { watchedKinds } from "./watched-schema.ts";

const httpExpectation = {
  method: method.default("GET"),
  path: checkPath,
  headers: checkHeaders.default({}),
  body: checkText.optional(),
  status: statuses.optional(),
  contains: checkText.optional(),
  header: checkHeaders.default({}),
  maxTime: timeSpan.optional(),
};

/** What a check asks; each has exactly one. */
const kinds = {
  http: z.strictObject(httpExpectation).optional(),
  tcp: z.strictObject({ port: z.int().min(1).max(65_535) }).optional(),
  command: z.strictObject({ run: z.array(z.string()).min(1), image: z.string().optional() }).optional(),
  sequence: sequenceSchema.optional(),
  ...deepKinds,
  ...watchedKinds,
};
const names = Object.keys(kinds) as (keyof typeof kinds)[];

export const checkSchema = z.lazy(() =>
  z
    .strictObject({
      name: z.string().optional(),
      service: z.string().optional(),
      timeout: timeSpan.default(5_000),
      /** Successes in a row. */
      successes: z.int().min(1).default(1),
      retries: z.int().min(0).default(0),
      /** Between two looks of a check that watches; the default is its kind's. */
      interval: lookInterval.optional(),
      /** What it counts as when the check could not be made, or had nothing to judge by. */
      onNoData: z.enum(["fail", "warn", "pass"]).default("fail"),
      ...kinds,
    })
    .refine(
      (check) => names.filter((name) => check[name] !== undefined).length === 1,
      `expected exactly one of ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`,
    ),
);
