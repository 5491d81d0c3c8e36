import { SluiceError } from "@sluice/core";
import { reasonOf } from "../process/reason-of.ts";
import { withoutRows } from "./without-rows.ts";

const unreachable =
  /could not connect|connection to server .* failed|is starting up|is shutting down|no password supplied|authentication failed|does not accept|not currently accepting|too many clients|database ".*" does not exist/;

/** What the end of psql means. The first `ERROR:` or `FATAL:` of its standard error is the reason. */
export function psqlError(what: string, { exitCode, stderr }: { exitCode: number; stderr: string }): SluiceError {
  const detail = withoutRows(stderr).trim();
  const reason = reasonOf(detail) ?? `psql ended with exit code ${exitCode}`;
  // 2: no connection, or it broke.
  if (exitCode === 2 && unreachable.test(stderr)) {
    return new SluiceError("DATABASE_UNREACHABLE", `${what}: ${reason}`, {
      hint: /not currently accepting/.test(stderr)
        ? "sluice doctor tells whether a restore that died has closed it; sluice db backup then opens it again"
        : "is the database up, and may its own user connect there? name another one with database.user and database.name",
      detail,
      retryable: true,
    });
  }
  return new SluiceError("BACKUP_FAILED", `${what}: ${reason}`, { detail });
}
