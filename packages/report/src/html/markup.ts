import { visible } from "../text.ts";

const brand: unique symbol = Symbol("markup");

/** Text that is markup already; only `html` makes it. */
export interface Markup {
  readonly [brand]: string;
}

type Value = string | number | null | undefined | false | Markup | readonly Value[];

/**
 * Markup from a template. Everything put into it is escaped, for text and for quoted attributes alike, unless it is
 * markup itself: nothing gets into a page another way.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const text = parts.map((part, index) => part + (index < values.length ? fill(values[index]) : "")).join("");
  return { [brand]: text };
}

export const toText = (markup: Markup): string => markup[brand];

function fill(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escape(visible(String(value)));
  if (isList(value)) return value.map(fill).join("");
  return value[brand];
}

const isList = (value: Markup | readonly Value[]): value is readonly Value[] => Array.isArray(value);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
