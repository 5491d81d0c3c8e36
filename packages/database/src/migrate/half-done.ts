import { isSluiceError, SluiceError } from "@sluice/core";

const look = "look at what is done and what is not before it runs again; the tool's own table says what it finished";

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
