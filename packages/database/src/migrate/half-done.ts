import { isSluiceError, SluiceError } from "@sluice/core";

const look = "look at what is done and what is not before it runs again; the tool's own table says what it finished";

/** What a migration that was interrupted has left, for people. */
export interface CutShort {
  readonly left: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * @param left what it left half changed; `null` where the schema is what it was
 * @param goBack see `goBackText`
 */
export function cutShort(left: string | null, goBack: string | undefined): CutShort {
  if (left !== null) return { left, hint: [look, goBack].filter((text) => text !== undefined).join("; ") };
  return { left: "the schema is what it was, and rows that it had committed by then stay changed", hint: look };
}

/**
 * The error of a migration that failed and left the schema half changed: the same, with what it left and what to do.
 *
 * @param goBack see `goBackText`
 */
export function halfDone(error: unknown, left: string, goBack: string | undefined): unknown {
  if (!isSluiceError(error)) return error;
  const { code, message, detail, hint: own, position } = error;
  const hint = [own, look, goBack].filter((text) => text !== undefined).join("; ");
  return new SluiceError(code, `${message}; ${left}`, { hint, detail, position, cause: error });
}
