import type { LiveSlot, ReleaseBundle } from "@sluice/core";
import type { EnginePorts } from "../scope.ts";
import { livedReleases } from "./journal-entries.ts";
import { readAttemptEnds } from "./read-attempts.ts";

/**
 * The release that was live before the one that serves, by the journal; what was left by going back is no way back.
 *
 * @param serves id of the release that serves; `null` where it is not known
 */
export async function releaseBefore(
  live: LiveSlot | null,
  serves: string | null,
  bundles: readonly ReleaseBundle[],
  { journal }: Pick<EnginePorts, "journal">,
): Promise<ReleaseBundle | null> {
  if (!live && !serves) return null;
  const lived = livedReleases(await readAttemptEnds(journal));
  const at = serves ? lived.lastIndexOf(serves) : -1;
  const before = (at < 0 ? lived : lived.slice(0, at)).toReversed();
  for (const id of before) {
    const bundle = bundles.find((one) => one.id === id && id !== serves);
    if (bundle) return bundle;
  }
  return null;
}
