import * as z from "zod";
import { nearestWord } from "./nearest-word.ts";

/** How the text of a setting begins that must be there and is not. */
export const missingText = "missing, ";

/**
 * What a mistake is called that its schema has no words of its own for: what was expected, and what was meant as far as that can be
 * told. Zod's own words are those of programs. Of keys that are unknown, one line for each in their order. Pure.
 */
export function mistakeText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeText(issue.expected, issue.input);
    case "invalid_value":
      return valueText(issue.values.map(String), issue.input);
    case "unrecognized_keys": {
      const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
      return issue.keys
        .map((key) => `unknown key${meantText(key, known) ?? `; known here: ${known.join(", ")}`}`)
        .join("\n");
    }
    case "too_small":
      return limitText(issue, issue.minimum, issue.inclusive === false ? "more than" : "at least");
    case "too_big":
      return limitText(issue, issue.maximum, issue.inclusive === false ? "less than" : "at most");
    // Schemas have words of their own for these, or what is within them has.
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
      return undefined;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of settings",
  record: "a map of settings",
};

function typeText(expected: string, input: unknown): string {
  const wanted = `expected ${kinds[expected] ?? expected}`;
  if (input === undefined) return `${missingText}${wanted}`;
  // Where a map or a text is wanted, what is written may be a secret at the wrong place.
  const isShown = expected === "boolean" || expected === "number" || expected === "int";
  return `${wanted}, not ${isShown ? shown(input) : kindOf(input)}`;
}

function valueText(values: readonly string[], input: unknown): string {
  const last = values.at(-1) ?? "";
  const wanted = `expected ${values.length > 1 ? `${values.slice(0, -1).join(", ")} or ${last}` : last}`;
  if (input === undefined) return `${missingText}${wanted}`;
  return `${wanted}, not ${shown(input)}${(typeof input === "string" && meantText(input, values)) || ""}`;
}

function meantText(written: string, known: readonly string[]): string | undefined {
  const meant = nearestWord(written, known);
  return meant === undefined ? undefined : `; did you mean ${meant}?`;
}

function limitText(
  { origin, input }: { origin?: unknown; input?: unknown },
  limit: number | bigint,
  bound: string,
): string {
  if (origin === "string")
    return limit === 1 ? "expected a text that is not empty" : `expected ${bound} ${limit} characters`;
  if (origin === "array")
    return limit === 1 && bound === "at least"
      ? "expected a list that is not empty"
      : `expected ${bound} ${limit} items`;
  return `expected ${bound} ${limit}, not ${shown(input)}`;
}

const shownCharacters = 40;

function shown(input: unknown): string {
  if (typeof input === "number" || typeof input === "boolean") return String(input);
  return typeof input === "string" && input.length <= shownCharacters ? JSON.stringify(input) : kindOf(input);
}

function kindOf(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  return { string: "a text", number: "a number", boolean: "true or false" }[typeof input as string] ?? "a map";
}
