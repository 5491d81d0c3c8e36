/**
 * What is known of a backup, each level including those before it: its bytes are on the disk / it can be read to its
 * end / a server took it / what the server then held is what the database held / the application was content with it.
 */
export const verificationLevels = ["written", "decoded", "restored", "compared", "smoked"] as const;
export type VerificationLevel = (typeof verificationLevels)[number];

/** Whether `level` says at least as much as `wanted`. */
export function reaches(level: VerificationLevel, wanted: VerificationLevel): boolean {
  return verificationLevels.indexOf(level) >= verificationLevels.indexOf(wanted);
}

/** The lowest first. */
export function byLevel(a: { readonly level: VerificationLevel }, b: { readonly level: VerificationLevel }): number {
  return verificationLevels.indexOf(a.level) - verificationLevels.indexOf(b.level);
}

interface Verified {
  readonly verified: readonly { readonly level: VerificationLevel }[];
  readonly failed?: unknown;
}

/** The highest level that was reached, ever. */
export function highestLevel({ verified }: Verified): VerificationLevel {
  return verificationLevels.findLast((level) => verified.some((one) => one.level === level)) ?? "written";
}

/** Only a backup that a server took, and that no later verification found wanting, counts as one. */
export function isProven(backup: Verified): boolean {
  return backup.failed === undefined && reaches(highestLevel(backup), "restored");
}
