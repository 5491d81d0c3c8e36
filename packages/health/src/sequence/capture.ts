import { type Capture, parseJsonPath, valueAt } from "@sluice/core";
import { RE2JS, RE2JSException } from "re2js";
import type { HttpAnswer } from "../http/exchange.ts";

type Captured =
  | { readonly value: string; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: string };

/** The value as text; what is neither text, number nor truth value is given as JSON. Never throws for an answer. */
export function captureFrom(answer: HttpAnswer, { from, at }: Capture): Captured {
  switch (from) {
    case "json":
      return fromJson(answer.body, at);
    case "header":
      return found(answer.headers[at.toLowerCase()]?.toString(), `the answer has no header ${at}`);
    case "cookie":
      return found(cookieValue(answer.headers["set-cookie"] ?? [], at), `the answer sets no cookie ${at}`);
    case "regex":
      return fromPattern(answer.body, at);
  }
}

function fromJson(body: string, path: string): Captured {
  const parsed = parseBody(body);
  if (!parsed) return { reason: "the body is not JSON" };
  const value = valueAt(parsed.value, parseJsonPath(path) ?? []);
  if (value === undefined || value === null) return { reason: `the body has nothing at ${path}` };
  return { value: typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean) };
}

/** What a body of JSON says; `null` for one that is none. */
export function parseBody(body: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return null;
  }
}

function cookieValue(cookies: readonly string[], name: string): string | undefined {
  const pair = cookies
    .map((cookie) => cookie.split(";", 1)[0] ?? "")
    .find((text) => text.trim().startsWith(`${name}=`));
  return pair?.slice(pair.indexOf("=") + 1).trim();
}

/** RE2 takes time that grows with the length of the body only, whatever the pattern. */
function fromPattern(body: string, pattern: string): Captured {
  try {
    const matcher = RE2JS.compile(pattern).matcher(body);
    if (!matcher.find()) return { reason: "the body does not match" };
    return found(
      (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group()) ?? undefined,
      "its group is not there",
    );
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { reason: error.message };
  }
}

function found(value: string | undefined, reason: string): Captured {
  return value === undefined ? { reason } : { value };
}
