import type { Manifest } from "./manifest.ts";

/**
 * Whether a backup was taken from one of these state homes. One that does not say counts as such, and so does each where nobody asks. Pure.
 *
 * @param homes see `BackupPorts.homes`
 */
export function isOfHomes({ home }: Pick<Manifest, "home">, homes: readonly string[] | undefined): boolean {
  return home === undefined || homes === undefined || homes.includes(home);
}
