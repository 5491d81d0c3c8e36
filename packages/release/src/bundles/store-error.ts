import { dirname } from "node:path";
import { isSluiceError, SluiceError } from "@sluice/core";
import { deniedHint } from "@sluice/core/node";

/**
 * What an error of the file system means for the store: DISK_FULL or HOME_UNUSABLE. Errors of Sluice and bugs pass through.
 *
 * @param dir the store, for people
 * @returns what is to be thrown
 */
export function storeError(cause: unknown, dir: string): unknown {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (isSluiceError(cause) || typeof code !== "string") return cause;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SluiceError("DISK_FULL", `no space left for releases in ${dir} (${code})`, {
      hint: "free some space there, or keep fewer releases (releases.keep)",
      cause,
    });
  }
  const path = (cause as NodeJS.ErrnoException).path ?? dir;
  const isDenied = code === "EACCES" || code === "EPERM";
  return new SluiceError("HOME_UNUSABLE", `releases in ${dir} cannot be used: ${code} at ${path}`, {
    hint:
      (isDenied ? deniedHint(path, dirname(dir)) : null) ??
      "run as the user that owns the state home, and see that its file system is writable",
    cause,
  });
}
