import type { LeftBackups } from "@sluice/wiring";

/** `3 backups in /var/lib/sluice/shop/backups are`, to be gone on with. */
export function leftBackupsText({ count, directory }: LeftBackups): string {
  return count === 1 ? `1 backup in ${directory} is` : `${count} backups in ${directory} are`;
}
