import type { ErrorCode, SluiceError } from "@sluice/core";

const faults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BACKUP_INVALID",
  "BACKUP_EMPTY",
  "BACKUP_TRUNCATED",
  "BACKUP_CORRUPT",
  "BACKUP_ROLE_MISSING",
  "BACKUP_EXTENSION_MISSING",
  "BACKUP_DIFFERS",
  "RESTORE_FAILED",
]);

/** What these say where their input ends early is said too where they lose their server in its middle. */
const cutShort: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["RESTORE_FAILED", "BACKUP_TRUNCATED"]);

/**
 * What servers and their clients say where they had no room, lost each other, were killed, or take no row as large (1153):
 * with PostgreSQL, MariaDB and MySQL.
 */
const ofThePlace =
  /no space left|disk full|could not extend file|errno: 28\b|ERROR (?:1021|1114|1153|2002|2003|2006|2013) |server closed the connection|connection to server .* failed|could not (?:connect|receive data|send data)|terminating connection|the database system is|out of (?:shared )?memory|exit code 1(?:29|[3-5]\d)\b|\bkilled\b/i;

/** What an extension says that is made in one database of a server alone, as pg_cron is, and not in one of another name. */
const ofTheName = /can only create extension in database/;

/**
 * Whether an error of a trial says something of the backup, and not of the server or the image that it was tried in. Pure.
 *
 * @param isOwnImage the server ran the image that the database ran when it was backed up
 */
export function speaksAgainst({ code, message, detail = "" }: SluiceError, isOwnImage: boolean): boolean {
  if (code === "BACKUP_EXTENSION_MISSING") return isOwnImage;
  const said = `${message}\n${detail}`;
  return faults.has(code) && !(cutShort.has(code) && (ofThePlace.test(said) || ofTheName.test(said)));
}
