import { type ErrorCode, SluiceError } from "@sluice/core";
import { reasonOf } from "../process/reason-of.ts";

/** What a restoring program says, and what it means. The first that fits. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /role "[^"]*" does not exist/,
    "BACKUP_ROLE_MISSING",
    "create the role on the server first; backups with globals bring theirs along",
  ],
  [
    /could not open extension control file|extension "[^"]*" is not available|extension "[^"]*" has no installation script|could not access file "[^"]*": No such file/,
    "BACKUP_EXTENSION_MISSING",
    "use an image that has the extension: the one that the database ran when it was backed up",
  ],
  [
    /unsupported version \(|server version mismatch|unrecognized configuration parameter/,
    "BACKUP_WRONG_VERSION",
    "restore in the version of PostgreSQL that the backup was taken from",
  ],
  [
    /unexpected end of file|could not read from input file/,
    "BACKUP_TRUNCATED",
    "this backup cannot be used: take another one (sluice db list)",
  ],
  [
    /does not appear to be a valid archive|did not find magic string|unrecognized data block type|corrupt|entry ID .* out of range|found unexpected block ID/,
    "BACKUP_CORRUPT",
    "this backup cannot be used: take another one (sluice db list)",
  ],
];

/** The error that the end of `pg_restore` or of psql with a restored script is. */
export function restoreFailure(
  program: string,
  { exitCode, stderr }: { readonly exitCode: number; readonly stderr: string },
): SluiceError {
  const [, code, hint] = meanings.find(([pattern]) => pattern.test(stderr)) ?? [];
  const reason = reasonOf(stderr) ?? "it said nothing";
  return new SluiceError(code ?? "RESTORE_FAILED", `${program} failed (exit code ${exitCode}): ${reason}`, {
    detail: stderr.trim(),
    ...(hint === undefined ? {} : { hint }),
  });
}
