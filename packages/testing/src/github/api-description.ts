import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import document from "./generated/api.json" with { type: "json" };
import { type JsonSchema, sample } from "./sample.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}
interface Content {
  readonly "application/json"?: { readonly schema: JsonSchema };
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content } | { readonly $ref: string }>>;
}

/** A call as GitHub's description knows it. */
export interface DescribedCall {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  /** Problems of parameters and body, none when it is right. */
  readonly problems: readonly string[];
}

const api = withNull(document) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
// The package is CommonJS, and its types say otherwise.
(formats as unknown as (ajv: Ajv) => void)(ajv);
ajv.addSchema({ $id: "github", ...api });
const validators = new Map<string, ValidateFunction>();

/** Finds the operation of a request and checks it; `null` for one that the description does not hold. */
export function describeCall(method: string, url: URL, body: unknown): DescribedCall | null {
  for (const [path, operations] of Object.entries(api.paths)) {
    const operation = operations[method.toLowerCase()];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const found = operation && new RegExp(`^${path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`).exec(url.pathname);
    if (!operation || !found) continue;
    const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
    const problems = [...parameterProblems(operation, params, url.searchParams), ...bodyProblems(operation, body)];
    return { operation: operation.operationId, params, problems };
  }
  return null;
}

/** What is wrong with an answer; nothing for a status without a described body. */
export function answerProblems(operation: string, status: number, body: unknown): readonly string[] {
  const schema = answerSchema(operation, status);
  return schema ? check(`${operation} ${status}`, schema, body) : [];
}

/** The least that is a right answer. */
export function sampleAnswer(operation: string, status: number): unknown {
  const schema = answerSchema(operation, status);
  return schema ? sample(schema, resolve) : undefined;
}

/** The least that is a right value of a schema of GitHub's description. */
export function sampleOf(name: string): Record<string, unknown> {
  return sample({ $ref: `#/components/schemas/${name}` }, resolve) as Record<string, unknown>;
}

function answerSchema(operation: string, status: number): JsonSchema | undefined {
  const described = Object.values(api.paths)
    .flatMap((operations) => Object.values(operations))
    .find(({ operationId }) => operationId === operation);
  const response = described?.responses[String(status)];
  return response && (resolve(response) as { content?: Content }).content?.["application/json"]?.schema;
}

function bodyProblems({ operationId, requestBody }: Operation, body: unknown): readonly string[] {
  const schema = requestBody?.content["application/json"]?.schema;
  if (!schema || (body === undefined && !requestBody?.required)) return [];
  return check(`${operationId} body`, schema, body);
}

function parameterProblems(
  { operationId, parameters = [] }: Operation,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
): readonly string[] {
  const known = parameters.map((parameter) => resolve(parameter) as Parameter);
  const queryNames = known.filter((parameter) => parameter.in === "query").map(({ name }) => name);
  const unknown = [...query.keys()].filter((name) => !queryNames.includes(name)).map((name) => `unknown query ${name}`);
  const wrong = known.flatMap(({ name, in: place, schema }) => {
    const text = place === "path" ? params[name] : query.get(name);
    if (text === null || text === undefined || place === "header") return [];
    return check(`${operationId} ${name}`, schema, valueOf(text, (resolve(schema) as JsonSchema).type));
  });
  return [...unknown, ...wrong];
}

/** What a text in an address stands for. */
function valueOf(text: string, type: JsonSchema["type"]): unknown {
  if (type === "integer") return Number(text);
  return type === "boolean" && /^(?:true|false)$/.test(text) ? text === "true" : text;
}

function check(key: string, schema: JsonSchema, value: unknown): readonly string[] {
  const validate = validators.get(key) ?? ajv.compile(rebased(schema) as object);
  validators.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${key}: ${instancePath || "/"} ${message}`);
}

function resolve(value: unknown): unknown {
  const reference = (value as { $ref?: string }).$ref;
  if (reference === undefined) return value;
  return reference
    .slice(2)
    .split("/")
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], api);
}

/** A schema of its own, whose references lead into the whole description. */
function rebased(value: unknown): unknown {
  return mapped(value, (object) =>
    typeof object["$ref"] === "string" ? { ...object, $ref: object["$ref"].replace(/^#/, "github#") } : object,
  );
}

/** `nullable` of OpenAPI 3.0 as JSON Schema says it. */
function withNull(value: unknown): unknown {
  return mapped(value, ({ nullable, ...schema }) => {
    if (nullable !== true) return nullable === undefined ? schema : { ...schema, nullable };
    const isPlain = typeof schema["type"] === "string" && schema["enum"] === undefined;
    return isPlain ? { ...schema, type: [schema["type"], "null"] } : { anyOf: [schema, { type: "null" }] };
  });
}

function mapped(value: unknown, map: (object: Record<string, unknown>) => Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, map));
  if (typeof value !== "object" || value === null) return value;
  return map(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, map)])));
}
