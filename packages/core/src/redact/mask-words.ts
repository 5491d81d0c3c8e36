import { maskError } from "./mask-error.ts";
import { type Redact, redactDeep } from "./redactor.ts";

/**
 * Fields that hold what somebody or something said: an application's last lines, an answer, a reason. All other fields are
 * names, hashes and states that a later run goes by: masking a slot because a password is `blue` would lose the way back.
 */
const spoken: ReadonlySet<string> = new Set([
  "reason",
  "message",
  "hint",
  "detail",
  "value",
  "limit",
  "cause",
  "text",
  "line",
  "why",
  "mend",
  "position",
  "sql",
  "notTested",
  "consents",
]);

/** What a doctor's finding says, and the statement that held a lock: elsewhere both are names. */
const isSpoken = (key: string, among: object) =>
  spoken.has(key) || (key === "what" && "mend" in among) || (key === "by" && "heldMs" in among);

/**
 * The same data with what is secret masked in all that was said in it. What is neither a list nor a plain object stays as
 * it is, but for errors, which stay the same errors.
 *
 * @param asTheyAre fields that stay too, with all that is in them
 */
export function maskWords<T>(value: T, redact: Redact, asTheyAre: ReadonlySet<string> = new Set()): T {
  if (Array.isArray(value)) return value.map((item: unknown) => maskWords(item, redact, asTheyAre)) as T;
  if (value instanceof Error) maskError(value, redact);
  if (!isPlain(value)) return value;
  const masked = Object.entries(value).map(([key, item]: [string, unknown]) => {
    if (asTheyAre.has(key)) return [key, item];
    return [key, isSpoken(key, value) ? redactDeep(item, redact) : maskWords(item, redact, asTheyAre)];
  });
  return Object.fromEntries(masked) as T;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
