/** As much of JSON Schema as GitHub's description uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The least value that a schema allows: required properties only, `null` and empty where that is right. Pure. */
export function sample(schema: JsonSchema, resolve: (value: unknown) => unknown): unknown {
  const again = (inner: JsonSchema) => sample(inner, resolve);
  if (schema.$ref !== undefined) return again(resolve(schema) as JsonSchema);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.some(isNull) ? null : again(alternatives[0] ?? {});
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(again));
  if (schema.enum) return schema.enum[0];
  const types = [schema.type ?? "object"].flat();
  if (types.includes("null")) return null;
  if (types.includes("object")) {
    const { properties = {}, required = [] } = schema;
    return Object.fromEntries(required.map((name) => [name, again(properties[name] ?? {})]));
  }
  if (types.includes("array")) return Array.from({ length: schema.minItems ?? 0 }, () => again(schema.items ?? {}));
  if (types.includes("string")) return texts[schema.format ?? ""] ?? "text";
  return types.includes("boolean") ? false : 1;
}

function isNull({ type }: JsonSchema): boolean {
  return [type ?? []].flat().includes("null");
}

const texts: Readonly<Record<string, string>> = {
  "date-time": "2026-05-01T10:00:00Z",
  uri: "https://api.github.example/thing",
  email: "somebody@example.com",
};
