import { isSluiceError, stops, type Verdict } from "@sluice/core";

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
  return { key: "unknown", text: error instanceof Error ? error.message : String(error) };
}
