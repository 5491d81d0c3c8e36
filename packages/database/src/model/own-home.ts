import type { Manifest } from "./manifest.ts";

/** A state home that the stack had before. */
export interface EarlierHome {
  readonly id: string;
  /** ISO 8601, UTC: when the stack left it. What it backs up from then on is of whatever it has now. */
  readonly until: string;
}

/** Id of the state home of a stack, and then those that it had before. */
export type StackHomes = readonly [own: string, ...before: EarlierHome[]];

/**
 * Whether a backup was taken from one of these state homes while the stack was in it. One that does not say counts as such, and so does
 * each where nobody asks. Pure.
 *
 * @param homes see `BackupPorts.homes`
 */
export function isOfHomes({ home, at }: Pick<Manifest, "home" | "at">, homes: StackHomes | undefined): boolean {
  if (home === undefined || homes === undefined) return true;
  const [own, ...before] = homes;
  return home === own || before.some(({ id, until }) => id === home && Date.parse(at) < Date.parse(until));
}
