import { type ObservedStack, spareImageTags } from "@sluice/core";
import type { EnginePorts } from "./scope.ts";

/** Releases that must stay whatever their age: those that a slot holds, and the ones that are named. */
export function neededReleases(
  { slots }: ObservedStack,
  ...named: readonly (string | undefined)[]
): ReadonlySet<string> {
  return new Set([slots.blue.release, slots.green.release, ...named].filter((id) => id !== null && id !== undefined));
}

/** Removes a stored release, and the image tags that no other one uses. A bundle that cannot be read goes too. */
export async function pruneRelease({ bundles, images }: EnginePorts, id: string): Promise<void> {
  await images.removeTags(spareImageTags(await bundles.list(), id));
  await bundles.remove(id);
}
