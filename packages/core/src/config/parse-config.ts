import type { Document, Node } from "yaml";
import { isMap, isNode, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { SluiceError, type SourcePosition } from "../errors/sluice-error.ts";
import { type DatabaseConfig, databaseSchema } from "./database-schema.ts";
import { layOver } from "./lay-over.ts";
import { missingText, mistakeText } from "./mistake-text.ts";
import { nearestWord } from "./nearest-word.ts";
import { type Config, configSchema } from "./schema.ts";

const notSettings = "expected a map of settings";
/** `web:` alone names a service that is as it is inferred. What else is there is for the settings to judge. */
const servicesSchema = z
  .unknown()
  .transform((services) =>
    typeof services === "object" && services !== null && !Array.isArray(services)
      ? Object.fromEntries(Object.entries(services).map(([name, values]) => [name, (values as unknown) ?? {}]))
      : services,
  )
  .optional();
/** `staging:` alone describes an environment that is as all are. */
const environmentSchema = z
  .looseObject({ services: servicesSchema }, notSettings)
  .nullable()
  .transform((values) => values ?? {});
const environmentsSchema = z.record(z.string(), environmentSchema, notSettings).nullish();
const fileSchema = z.looseObject({ environments: environmentsSchema, services: servicesSchema }, notSettings);

/** Each schema is used once in a process: a parser compiled for it would take longer than the parsing does. */
const once: z.core.ParseContext<z.core.$ZodIssue> = { jitless: true, error: mistakeText };

/** The configuration of a project that has no file. */
export function defaultConfig(): Config {
  return configSchema.parse({}, once);
}

/** What `database:` without a word means. */
export function defaultDatabase(): DatabaseConfig {
  return databaseSchema.parse({}, once);
}

/**
 * Parses the text of a `sluice.yaml`.
 *
 * @param file name for messages
 * @param environment name under `environments:` whose values are laid over the rest, see `layOver`
 * @throws SluiceError CONFIG_INVALID with line and column of the first mistake; the others follow in the detail
 */
export function parseConfig(text: string, file: string, environment?: string): Config {
  const { document, lines, written } = readText(text, file);
  const { environments: described, ...common } = written;
  const environments = described ?? {};
  const overlay = environment === undefined ? {} : environments[environment];
  if (overlay === undefined) {
    const meant = nearestWord(String(environment), Object.keys(environments));
    throw invalid(
      `environment ${JSON.stringify(environment)} is not described under environments${meant ? `; did you mean ${meant}?` : ""}`,
      { file, ...positionOf(document, lines, ["environments"]) },
    );
  }
  // Every environment is checked, not only the one asked for: a mistake must show before the day it is needed.
  for (const [name, values] of Object.entries(environments)) {
    checked(layOver(configSchema, common, values), document, lines, file, ["environments", name]);
  }
  return checked(
    layOver(configSchema, common, overlay),
    document,
    lines,
    file,
    environment ? ["environments", environment] : [],
  );
}

/**
 * Where a setting is in the text of a `sluice.yaml`, for mistakes that only show beside the compose files: in the environment
 * that is asked for, else among the settings of all, and where neither has it, at the nearest that is above it.
 *
 * @param file name for messages
 */
export function configPosition(
  text: string,
  file: string,
  path: readonly string[],
  environment?: string,
): SourcePosition {
  const { document, lines } = readText(text, file);
  const own = environment === undefined ? [] : ["environments", environment, ...path];
  const isOwn = own.length > 0 && document.hasIn(own);
  return { file, ...positionOf(document, lines, isOwn ? own : path) };
}

/**
 * Names under `environments:` of a `sluice.yaml`, in order.
 *
 * @param file name for messages
 * @throws SluiceError CONFIG_INVALID where the text is no map of settings
 */
export function environmentNames(text: string, file: string): readonly string[] {
  return Object.keys(readText(text, file).written.environments ?? {});
}

function readText(text: string, file: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw invalid(syntax.message, { file, line, column: col });
  }
  const written = fileSchema.safeParse(plainValue(document, file) ?? {}, once);
  if (written.success) return { document, lines, written: written.data };
  const [{ path, message } = { path: [], message: notSettings }] = written.error.issues.flatMap(flatten);
  const where = path.length > 0 ? `${path.join(".")}: ` : "";
  throw invalid(`${where}${message}`, { file, ...positionOf(document, lines, path) });
}

function checked(
  value: unknown,
  document: Document,
  lines: LineCounter,
  file: string,
  overlay: readonly string[],
): Config {
  const parsed = configSchema.safeParse(value, once);
  if (parsed.success) return parsed.data;
  // What is missing may only be misspelt.
  const found = parsed.error.issues.flatMap(flatten).toSorted((a, b) => Number(isUnknown(b)) - Number(isUnknown(a)));
  const problems = found.map(({ path, message, key }) => {
    const target = key === undefined ? path : [...path, key];
    const position = positionOf(document, lines, [...overlay, ...target], target, key !== undefined);
    return {
      where: [...path, ...(key === undefined ? [] : [key])].join("."),
      message,
      position: { file, ...position },
    };
  });
  const [first, ...rest] = problems;
  if (!first) throw parsed.error;
  throw invalid(
    `${first.where ? `${first.where}: ` : ""}${first.message}`,
    first.position,
    rest
      .map(
        ({ where, message, position }) => `${file}:${position.line ?? 1}:${position.column ?? 1}: ${where}: ${message}`,
      )
      .join("\n"),
  );
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly key?: string;
}

function flatten(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    const texts = issue.message.split("\n");
    return issue.keys.map((key, at) => ({ path, key, message: texts[at] ?? issue.message }));
  }
  if (issue.code === "invalid_key") {
    return [{ path: path.slice(0, -1), key: String(path.at(-1)), message: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code === "invalid_union") {
    // The alternative that got furthest says most about what was meant; one that misses something got nowhere there.
    const deepest = issue.errors
      .flatMap((alternative) => alternative.filter((inner) => !isMissing(inner) || inner.path.length > 1))
      .flatMap(flatten)
      .toSorted((a, b) => depth(b) - depth(a))[0];
    if (deepest && depth(deepest) > 0) return [{ ...deepest, path: [...path, ...deepest.path] }];
  }
  return [{ path, message: issue.message }];
}

function isUnknown({ key }: Problem): boolean {
  return key !== undefined;
}

function isMissing({ message }: z.core.$ZodIssue): boolean {
  return message.startsWith(missingText);
}

function depth({ path, key }: Problem): number {
  return path.length + (key === undefined ? 0 : 1);
}

function positionOf(
  document: Document,
  lines: LineCounter,
  ...[path, fallback = [], ofKey = false]: [readonly (string | number)[], (readonly (string | number)[])?, boolean?]
): Pick<SourcePosition, "line" | "column"> {
  for (const candidate of [path, fallback]) {
    for (let length = candidate.length; length >= 0; length--) {
      const node = nodeAt(document, candidate.slice(0, length), ofKey && length === candidate.length);
      if (node?.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return { line, column: col };
      }
      if (candidate === path && fallback.length > 0) break;
    }
  }
  return { line: 1, column: 1 };
}

function nodeAt(document: Document, path: readonly (string | number)[], key: boolean): Node | undefined {
  if (!key) {
    const node = document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(path.at(-1)));
  return pair && isNode(pair.key) ? pair.key : undefined;
}

/** Aliases are resolved only here, so a dangling one is found only here. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    throw invalid(cause.message, { file, line: 1, column: 1 });
  }
}

function invalid(message: string, position: SourcePosition, detail?: string): SluiceError {
  return new SluiceError("CONFIG_INVALID", message, {
    position,
    hint: "see docs/sluice.example.yaml for every key and its default",
    ...(detail ? { detail } : {}),
  });
}
