import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isSluiceError, SluiceError } from "@sluice/core";
import { deniedHint, temporaryPrefix } from "@sluice/core/node";

const hints: Readonly<Record<string, string>> = {
  EACCES: "run as the user that owns it, or use another directory as state home: --state-home",
  EPERM: "run as the user that owns it, or use another directory as state home: --state-home",
  EROFS: "use a directory on a writable file system as state home",
  ENOTDIR: "use a directory as state home",
  EEXIST: "use a directory as state home",
  ENOENT: "create the directory above it, or use another directory as state home",
  EMFILE: "raise the limit of open files (ulimit -n)",
};

/** What an error of the file system means for a state home. Errors of Sluice and bugs pass through. */
export function homeError(cause: unknown, path: string, attempt: string): unknown {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (isSluiceError(cause) || typeof code !== "string") return cause;
  if (isDiskFull(cause)) {
    return new SluiceError("DISK_FULL", `${attempt} ${path}: no space left (${code})`, {
      hint: "free some space on that file system, then run the command again",
      retryable: true,
      cause,
    });
  }
  const denied = code === "EACCES" || code === "EPERM" ? deniedPath(cause as NodeJS.ErrnoException, path) : null;
  const at = denied === null || denied === path ? "" : ` at ${denied}`;
  return new SluiceError("HOME_UNUSABLE", `${attempt} ${path}: ${code}${at}`, {
    hint: (denied && deniedHint(denied, homeOf(path))) ?? hints[code] ?? "check the directory and its file system",
    cause,
  });
}

/** No room for it, or none left for this user. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

/** Of a file that was to be made under a name of the moment, its directory. */
function deniedPath({ path: denied }: NodeJS.ErrnoException, path: string): string {
  if (!denied?.startsWith(homeOf(path))) return path;
  return basename(denied).startsWith(temporaryPrefix) ? dirname(denied) : denied;
}

/** What cannot be looked at, as a directory above it may not be entered, is taken for the home itself. */
function homeOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? path : dirname(path);
  } catch {
    return path;
  }
}
