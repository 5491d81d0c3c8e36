import { fillTemplate, type SequenceStep } from "@sluice/core";
import type { Values } from "./values.ts";

/** The step with every reference replaced, or the name that stands for nothing. */
export function filledStep(
  step: SequenceStep,
  values: Pick<Values, "get">,
): SequenceStep | { readonly missing: string } {
  let missing: string | undefined;
  const valueOf = (name: string) => {
    const value = values.get(name);
    if (value === undefined) missing ??= name.replace(/^env:/, "");
    return value ?? "";
  };
  const fill = (text: string) => fillTemplate(text, valueOf);
  const { path, headers, body, json, expect } = step;
  const filled = {
    ...step,
    path: filledPath(path, valueOf),
    headers: filledDeep(headers, fill),
    ...bodyOf(body, json, fill),
    expect: {
      ...expect,
      contains: expect.contains === undefined ? undefined : fill(expect.contains),
      json: filledDeep(expect.json, fill),
    },
  };
  if (missing !== undefined) return { missing };
  if (json === undefined) return filled;
  return { ...filled, headers: { "content-type": "application/json", ...lowerCased(filled.headers) } };
}

function bodyOf(body: string | undefined, json: unknown, fill: (text: string) => string): Pick<SequenceStep, "body"> {
  if (json !== undefined) return { body: JSON.stringify(filledDeep(json, fill)) };
  return body === undefined ? {} : { body: fill(body) };
}

/** A path that is one reference is taken as an answer gave it, such as a `Location`; a value inside one is encoded. */
function filledPath(path: string, valueOf: (name: string) => string): string {
  if (!/^\$\{[^}]*\}$/.test(path)) return fillTemplate(path, (name) => encodeURIComponent(valueOf(name)));
  const whole = fillTemplate(path, valueOf);
  const url = URL.canParse(whole) ? new URL(whole) : null;
  const found = url ? url.pathname + url.search : whole;
  return found.startsWith("/") ? found : `/${found}`;
}

function filledDeep<T>(value: T, fill: (text: string) => string): T {
  if (typeof value === "string") return fill(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => filledDeep(item, fill)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledDeep<unknown>(item, fill)])) as T;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
