import { type ErrorCode, isSluiceError, SluiceError } from "@sluice/core";

/** What an error of the file system means for a store. Errors of Sluice, cancellation and bugs pass through. */
export function storeError(cause: unknown, what: string, code: ErrorCode = "BACKUP_FAILED"): unknown {
  const errno = (cause as NodeJS.ErrnoException | null)?.code;
  if (isSluiceError(cause) || typeof errno !== "string" || !/^E[A-Z]+$/.test(errno)) return cause;
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new SluiceError("DISK_FULL", `${what}: no space left (${errno})`, {
      hint: "free some space on that file system, or keep fewer backups (database.keep, sluice db prune)",
      retryable: true,
      cause,
    });
  }
  return new SluiceError(code, `${what}: ${errno}`, {
    hint: "check the directory of the backups (database.store.directory) and its file system",
    cause,
  });
}
