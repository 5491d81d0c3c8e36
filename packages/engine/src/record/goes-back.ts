import type { Journal } from "@sluice/core";
import { type AttemptRecord, bundleOf, livedReleases } from "./journal-entries.ts";
import { readAttemptEnds } from "./read-attempts.ts";

/**
 * Whether an attempt leads users back: it is a rollback, or the deployment of a release that was live before the one that it
 * replaces, as a release on GitHub for an older commit is. A rollback to the release that serves only puts that right: it leads nobody
 * anywhere.
 *
 * @throws SluiceError as `newestAttempts`
 */
export async function goesBack(attempt: AttemptRecord, journal: Journal): Promise<boolean> {
  const { deployment, kind, previousBundle } = attempt.start;
  const release = bundleOf(attempt);
  if (release !== null && release === previousBundle) return false;
  if (kind === "rollback") return true;
  if (release === null || previousBundle === null) return false;
  const others = (await readAttemptEnds(journal)).filter(({ start }) => start.deployment !== deployment);
  return livedReleases(others).includes(release);
}
