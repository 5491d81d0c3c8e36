import { liveSlot, type ObservedStack, type ReleaseBundle, spareImageTags } from "@sluice/core";
import type { EnginePorts } from "../scope.ts";
import { lastLiveRelease } from "./read-attempts.ts";
import { releaseBefore } from "./release-before.ts";

/** Releases that must stay whatever their age: those that a slot holds, and the ones that are named. */
export function neededReleases(
  { slots }: ObservedStack,
  ...named: readonly (string | undefined)[]
): ReadonlySet<string> {
  return new Set([slots.blue.release, slots.green.release, ...named].filter((id) => id !== null && id !== undefined));
}

/** Those, the release that serves, also without a slot, and the one that `rollback` goes back to. */
export async function releasesInUse(
  observed: ObservedStack,
  bundles: readonly ReleaseBundle[],
  ports: Pick<EnginePorts, "journal">,
): Promise<ReadonlySet<string>> {
  const live = liveSlot(observed);
  const serves = live?.release ?? (await lastLiveRelease(ports.journal));
  const before = await releaseBefore(live, serves, bundles, ports);
  return neededReleases(observed, serves ?? undefined, before?.id);
}

/** Removes a stored release, and the image tags that no other one uses. A bundle that cannot be read goes too. */
export async function pruneRelease({ bundles, images }: EnginePorts, id: string): Promise<void> {
  await images.removeTags(spareImageTags(await bundles.list(), id));
  await bundles.remove(id);
}
