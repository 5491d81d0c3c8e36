import { type ErrorCode, isSluiceError, SluiceError } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";
import { reasonOf } from "../process/reason-of.ts";
import { quoteName } from "./target.ts";
import { withoutRows } from "./without-rows.ts";

const missingRole = /role "(.*?)" does not exist/;

/** What a restoring program says, and what it means. The first that fits. Of roles, as of who restores into a throw-away server. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /: No space left on device$|could not extend file "[^"]*": wrote only /m,
    "DISK_FULL",
    "free some space where the server keeps its data, then try it again",
  ],
  [
    missingRole,
    "BACKUP_ROLE_MISSING",
    "a throw-away server has the roles that a backup brings, and this one does not bring it: take another one (sluice db backup)",
  ],
  [
    /could not open extension control file|extension "[^"]*" is not available|extension "[^"]*" has no installation script|could not access file "[^"]*": No such file/,
    "BACKUP_EXTENSION_MISSING",
    "use an image that has the extension: the one that the database ran when it was backed up",
  ],
  [
    /can only create extension in database/,
    "RESTORE_FAILED",
    "nothing is wrong with the backup: the extension, such as pg_cron, is made in one database of a server alone. Keep it in a database of its own (cron.database_name), drop it here (drop extension), and take a new backup; or restore this one by hand",
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
  const said = withoutRows(stderr).trim();
  const reason = reasonOf(said) ?? "it said nothing";
  return new SluiceError(code ?? "RESTORE_FAILED", `${program} failed (exit code ${exitCode}): ${reason}`, {
    detail: said,
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * The same error for who restores into the live server, which gets no roles from a backup: they are those of all its databases.
 * What is no missing role is as it was.
 */
export function inLiveServer(error: unknown, { id, globals, cipher }: Pick<Manifest, "id" | "globals" | "cipher">) {
  if (!isSluiceError(error) || error.code !== "BACKUP_ROLE_MISSING") return error;
  const name = missingRole.exec(error.detail ?? "")?.[1];
  const create = name === undefined ? "create role" : `create role ${quoteName(name)}`;
  const place = `${id}.globals${cipher ? ` (encrypted for ${cipher.recipient})` : ""}`;
  const what = globals
    ? `what it was, but for its password, is in ${place} where the backups lie`
    : "the backup was taken without roles, so nothing tells what it was allowed";
  return new SluiceError(error.code, error.message, {
    hint: `no restore makes roles in the live server: make it there (${create}), then restore again; ${what}`,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    cause: error,
  });
}
