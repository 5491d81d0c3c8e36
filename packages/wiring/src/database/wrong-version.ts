/** Whether a command is one of dbmate's own. */
export function isDbmate([program]: readonly string[]): boolean {
  return program === "dbmate";
}

/** Why dbmate would take back what is not the release's, for people, and whose it is where that is known. */
interface WrongVersion {
  readonly why: string;
  readonly isOfServing: boolean;
}

/**
 * Of what is applied dbmate takes back the last that it finds among the files of the release: not what has run since, which that
 * release has not. `null` where that is the last migration there is, and none that the release that serves has too. Pure.
 *
 * @param own names of the release's files, in order
 * @param applied numbers, in any order
 * @param serving names of the files of the release that serves, where that is another one
 */
export function wrongVersion(
  own: readonly string[],
  applied: readonly string[],
  serving: readonly string[] = [],
): WrongVersion | null {
  const file = own.findLast((name) => applied.includes(versionOf(name)));
  if (file === undefined) return null;
  const newer = applied.find((version) => isAfter(version, versionOf(file)));
  if (newer !== undefined) {
    return { why: `it would take back ${file}, and ${newer} was applied after it`, isOfServing: false };
  }
  if (!serving.some((name) => versionOf(name) === versionOf(file))) return null;
  return { why: `it would take back ${file}, which the release that serves has too`, isOfServing: true };
}

function versionOf(name: string): string {
  return /^\d+/.exec(name)?.[0] ?? "";
}

/** Numbers of a moment have 14 digits, more than a number holds exactly with what may follow. */
function isAfter(version: string, other: string): boolean {
  return /^\d+$/.test(version) && BigInt(version) > BigInt(other);
}
