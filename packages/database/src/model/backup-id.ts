import { SluiceError } from "@sluice/core";

const pattern = /^\d{8}T\d{6}Z-[a-z0-9]{4,16}$/;

/**
 * Id of a backup: the moment in UTC, so that a daylight saving hour is never there twice, and random characters, as two
 * may begin in one second. For people; order comes from the manifest's `seq`, as clocks jump.
 *
 * @param random 4 to 16 lower-case letters and digits
 */
export function createBackupId(at: Date, random: string): string {
  const moment = at
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  return assertBackupId(`${moment}-${random}`);
}

/** Ids become names of files and databases. @throws SluiceError BACKUP_UNKNOWN */
export function assertBackupId(id: string): string {
  if (pattern.test(id)) return id;
  throw new SluiceError("BACKUP_UNKNOWN", `${JSON.stringify(id)} is no id of a backup`, { hint: "sluice db list" });
}
