import * as z from "zod";
import { formatDuration } from "./duration.ts";
import { configSchema, serviceSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * What a `sluice.yaml` may hold, as JSON Schema (draft 7, which editors know best): keys, types, what is one of several, and
 * defaults. What depends on several keys at once only `parseConfig` knows. Under `environments:` nothing is required, as it is laid
 * over the rest.
 */
export function configJsonSchema(): JsonSchema {
  const settings = z.toJSONSchema(configSchema, { target: "draft-07", io: "input", override: asWritten });
  const { $schema: _draft, ...environment } = settings;
  return {
    ...settings,
    title: "sluice.yaml",
    properties: {
      ...settings.properties,
      environments: {
        type: ["object", "null"],
        additionalProperties: { ...(withoutRequired(environment) as JsonSchema), type: ["object", "null"] },
      },
    },
  };
}

/** As it is written. Defaults are known as what they become; an editor needs them as in the file. Those of sections say nothing. */
function asWritten({
  zodSchema,
  jsonSchema,
}: {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  // One without settings is named alone: `web:`.
  if (zodSchema === serviceSchema) jsonSchema.type = ["object", "null"] as never;
  const { def } = zodSchema._zod;
  if (def.type === "prefault") delete jsonSchema.default;
  if (def.type !== "default") return;
  const written = writtenDefault(def.innerType, def.defaultValue);
  if (written === undefined) delete jsonSchema.default;
  else jsonSchema.default = written;
}

/** A number that is none in the file is a time; of a list whose items become something else there is no default. */
function writtenDefault(schema: z.core.$ZodType, value: unknown): unknown {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (isEmpty) return undefined;
  if (z.safeParse(schema, value).success) return value;
  return typeof value === "number" ? formatDuration(value) : undefined;
}

function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === "required" && Array.isArray(value) ? [] : [[key, withoutRequired(value)]],
    ),
  );
}
