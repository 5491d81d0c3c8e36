import { isSluiceError, messageOf, type Redact, stops, type Verdict } from "@sluice/core";

/** One thing that is wrong. */
export interface Trouble {
  /** The same while the same thing is wrong: name of a check, or code of an error. */
  readonly key: string;
  /** What people are told of it. */
  readonly text: string;
  /** What to do, where something is known. */
  readonly hint?: string | undefined;
}

/** Checks that failed, in order. Pure. */
export function troublesOf(verdicts: readonly Verdict[]): readonly Trouble[] {
  return verdicts.filter(stops).map(({ check, value, limit }) => {
    const bound = limit ? ` (limit ${limit})` : "";
    return { key: check, text: `${check}: ${value}${bound}`, hint: "sluice verify" };
  });
}

/** Why there is no result. Pure. */
export function troubleOf(error: unknown): Trouble {
  if (isSluiceError(error)) {
    const { code, message, hint } = error;
    return { key: code, text: `${code}: ${message}`, hint };
  }
  return { key: "unknown", text: messageOf(error) };
}

/** Before a text is shortened, or leaves the process: half of a secret is not known as one. */
export function masked({ key, text, hint }: Trouble, redact: Redact): Trouble {
  return { key: redact(key), text: redact(text), hint: hint === undefined ? undefined : redact(hint) };
}

/** As it was written down; `null` for what cannot be read. */
export function parseTrouble(text: string | undefined): Trouble | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isTrouble(value) ? value : null;
  } catch {
    return null;
  }
}

function isTrouble(value: unknown): value is Trouble {
  if (typeof value !== "object" || value === null) return false;
  const { key, text, hint = "" } = value as Record<string, unknown>;
  return [key, text, hint].every((one) => typeof one === "string");
}
