import { isSluiceError, SluiceError } from "@sluice/core";

const hints: Readonly<Record<string, string>> = {
  EACCES: "run as the user that owns it, or use another directory as state home",
  EPERM: "run as the user that owns it, or use another directory as state home",
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
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SluiceError("DISK_FULL", `${attempt} ${path}: no space left (${code})`, {
      hint: "free some space on that file system, then run the command again",
      retryable: true,
      cause,
    });
  }
  return new SluiceError("HOME_UNUSABLE", `${attempt} ${path}: ${code}`, {
    hint: hints[code] ?? "check the directory and its file system",
    cause,
  });
}
