import { findBundle, type LiveSlot, type ReleaseBundle, SluiceError } from "@sluice/core";
import { livedReleases } from "../record/journal-entries.ts";
import { type AttemptEnds, readAttemptEnds } from "../record/read-attempts.ts";
import { releaseBefore } from "../record/release-before.ts";
import type { RollbackRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";

/** What is known of the release that is left, and of those that are stored. */
interface Leaving {
  readonly live: LiveSlot | null;
  /** Id of the release that serves; `null` where it is not known. */
  readonly serves: string | null;
  /** What runs beside what users are led to, where nothing is left of that. */
  readonly beside: ReleaseBundle | undefined;
  readonly bundles: readonly ReleaseBundle[];
}

/**
 * The release that is gone back to: the one that is named, else what runs beside, else what was live before.
 *
 * @throws SluiceError RELEASE_UNKNOWN, NOTHING_TO_ROLL_BACK
 */
export async function rollbackTarget(
  request: Pick<RollbackRequest, "to">,
  { live, serves, beside, bundles }: Leaving,
  ports: Pick<EnginePorts, "journal">,
): Promise<ReleaseBundle> {
  const target = namedTarget(request, bundles) ?? beside ?? (await releaseBefore(live, serves, bundles, ports));
  if (target) return target;
  const attempts = await readAttemptEnds(ports.journal);
  const isRecorded = (bundle: ReleaseBundle) =>
    attempts.some(
      (one) => one.start.bundle === bundle.id || one.end?.release === bundle.id || hasOnlyBuilt(one, bundle),
    );
  const unrecorded = bundles.filter((bundle) => bundle.id !== serves && !bundle.broken && !isRecorded(bundle));
  const madeLive = attempts.findLast(({ end }) => end?.outcome === "live" && end.release === serves);
  const isReplaced = ({ id }: ReleaseBundle) => id === madeLive?.start.previousBundle;
  const sorted = unrecorded.toSorted((one, other) => Number(isReplaced(other)) - Number(isReplaced(one)));
  throw nothingToRollBack(livedReleases(attempts), serves, sorted);
}

/** Whether an attempt has stored this one, and neither its start nor its end names it, as when its build was killed: it was never live. */
function hasOnlyBuilt({ start, end }: AttemptEnds, { tag, createdAt }: ReleaseBundle): boolean {
  const isUnnamed = start.bundle === null && !end?.release;
  return isUnnamed && start.tag === tag && Date.parse(createdAt) >= Date.parse(start.at);
}

/**
 * Why there is none: none was live before, none of them is stored, or the record, as one that was rebuilt, does not tell. Pure.
 *
 * @param lived ids of all that were live
 * @param unrecorded stored releases of which the record does not tell that they were live; the likeliest first
 */
export function nothingToRollBack(
  lived: readonly string[],
  serves: string | null,
  unrecorded: readonly Pick<ReleaseBundle, "tag">[] = [],
): SluiceError {
  const [first, ...others] = unrecorded.map(({ tag }) => tag);
  if (first !== undefined) {
    const stored = others.length > 0 ? `${[first, ...others].join(", ")} are stored` : `${first} is stored`;
    const message = `the record does not tell which release was live before the one that serves; ${stored}`;
    return new SluiceError("NOTHING_TO_ROLL_BACK", message, { hint: `sluice rollback ${first} goes back to it` });
  }
  const isPruned = lived.some((id) => id !== serves);
  if (isPruned) {
    const which = "no release that was live before the one that serves is stored any more";
    return new SluiceError("NOTHING_TO_ROLL_BACK", which, { hint: "sluice history shows the releases there are" });
  }
  return new SluiceError("NOTHING_TO_ROLL_BACK", "no release was live before the one that serves", {
    hint: "what ran before Sluice is stored nowhere: sluice deploy, in a checkout of that version with sluice.yaml in it",
  });
}

/** The release that a rollback names; `null` where it names none. Pure. @throws SluiceError RELEASE_UNKNOWN */
export function namedTarget(
  { to }: Pick<RollbackRequest, "to">,
  bundles: readonly ReleaseBundle[],
): ReleaseBundle | null {
  if (!to) return null;
  const target = findBundle(bundles, to);
  if (target) return target;
  throw new SluiceError("RELEASE_UNKNOWN", `no release ${JSON.stringify(to)} is stored`, {
    hint: "sluice history shows the releases there are",
  });
}
