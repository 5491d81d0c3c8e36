import { SluiceError } from "@sluice/core";

/** An error of the file system as the mistake of a person that it mostly is; any other error stays a bug. */
export function fileError(error: unknown, what: string, hint = "name a place that you may write to"): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || !(error instanceof Error)) return error;
  return new SluiceError("USAGE", `${what}: ${message}`, { hint, cause: error });
}
